package main

import (
	"errors"
	"os"
)

type config struct {
	Path string `json:"path"`
	Host string `json:"host"`
	Port string `json:"port"`
}

// How many observations this instance has made. The host promises a fresh instance for each.
var observations int

func check(config config) (map[string]any, error) {
	if config.Path == "" {
		return nil, errors.New("configuration: path is missing")
	}
	observations++
	log("INFO", "reading", attribute{"path", "string", config.Path})
	content, err := os.ReadFile(config.Path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(config.Path)
	if err != nil {
		return nil, err
	}
	evidence := map[string]any{
		"status":       true,
		"path":         config.Path,
		"size":         info.Size(),
		"content":      string(content),
		"observations": observations,
	}
	if config.Host != "" {
		evidence["connection"] = connect(config.Host, config.Port)
	}
	return evidence, nil
}
