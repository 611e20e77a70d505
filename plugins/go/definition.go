package plugin

import (
	"errors"
	"fmt"
)

// Metadata is what a plugin says about itself.
type Metadata struct {
	Name         string       `json:"name"`
	Version      string       `json:"version"`
	Description  string       `json:"description"`
	Platform     string       `json:"platform,omitempty"`
	Capabilities []Capability `json:"capabilities"`
}

// Capability is something that the plugin may need: `{"fs", "read:/etc/**"}`.
type Capability struct {
	Kind    string `json:"kind"`
	Pattern string `json:"pattern"`
}

// Evidence is what an observation found. The keys `status` and `error` of the data are taken.
type Evidence struct {
	Status bool
	Data   map[string]any
}

// Definition is a plugin whose configuration is a C, which has to be a struct.
//
// A field is required unless its tag says `omitempty` (or `omitzero`) or gives a `default:"…"`. The tags
// `description:"…"` and `capability:"fs:read:{value}"` go into the schema.
type Definition[C any] struct {
	Metadata
	// Schema is the JSON Schema of the configuration, anything that encodes as one. Where it is nil, C's own is used.
	Schema any
	// Observe makes one observation. Its error ends up in the evidence, an [Error] with its type and code.
	Observe func(*Host, C) (Evidence, error)
}

// definition is a Definition whose configuration is still JSON.
type definition interface {
	metadata() Metadata
	schema() any
	observe(host *Host, config []byte) (Evidence, error)
}

func (d Definition[C]) metadata() Metadata {
	metadata := d.Metadata
	if metadata.Capabilities == nil {
		metadata.Capabilities = []Capability{}
	}
	return metadata
}

func (d Definition[C]) schema() any {
	if d.Schema != nil {
		return d.Schema
	}
	return SchemaOf[C]()
}

func (d Definition[C]) observe(host *Host, config []byte) (Evidence, error) {
	if d.Observe == nil {
		return Evidence{}, errors.New("this plugin has no Observe")
	}
	var decoded C
	if err := DecodeConfig(config, &decoded); err != nil {
		return Evidence{}, err
	}
	return d.Observe(host, decoded)
}

var registered definition

// Register makes d the plugin of this module. Call it from an init function: a reactor's main never runs.
func Register[C any](d Definition[C]) {
	registered = d
}

// The three questions of the contract. What comes of each is JSON, whatever happens: a panic is an error like others.

func answerDescribe(d definition) []byte {
	return answer(func() (any, error) {
		if d == nil {
			return nil, notRegistered()
		}
		return d.metadata(), nil
	})
}

func answerSchema(d definition) []byte {
	return answer(func() (any, error) {
		if d == nil {
			return nil, notRegistered()
		}
		return d.schema(), nil
	})
}

func answerObserve(d definition, host *Host, config []byte) []byte {
	return answer(func() (any, error) {
		if d == nil {
			return nil, notRegistered()
		}
		evidence, err := d.observe(host, config)
		if err != nil {
			return nil, err
		}
		return flat(evidence)
	})
}

func notRegistered() error {
	return errors.New("no plugin is registered: call plugin.Register from an init function")
}

// answer encodes what ask answers, or why it did not.
func answer(ask func() (any, error)) (result []byte) {
	defer func() {
		if problem := recover(); problem != nil {
			result = errorJSON(&Error{Message: fmt.Sprintf("panic: %v", problem), Type: TypePanic, Code: "EPANIC"})
		}
	}()
	value, err := ask()
	if err != nil {
		return errorJSON(err)
	}
	result, err = encode(value)
	if err != nil {
		return errorJSON(err)
	}
	return result
}
