package plugin

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// encode makes JSON of a result, or says why it is none.
func encode(value any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, &Error{Message: fmt.Sprintf("the result cannot be encoded: %v", err), Type: TypeInternal, Code: "EINVAL"}
	}
	// The line end behind it is the encoder's.
	result := bytes.TrimSuffix(text.Bytes(), []byte("\n"))
	if len(result) > maxResult {
		message := fmt.Sprintf("the result has %d bytes; a host takes %d at most, so leave out or cut some data", len(result), maxResult)
		return nil, &Error{Message: message, Type: TypeValidation, Code: "EMSGSIZE"}
	}
	return result, nil
}

// flat is evidence in the form of the pointer generation: the data's keys beside `status`.
func flat(evidence Evidence) (map[string]any, error) {
	result := make(map[string]any, len(evidence.Data)+1)
	for key, value := range evidence.Data {
		if key == "status" || key == "error" {
			message := fmt.Sprintf("the evidence's data has a key %q, which means something else to the host", key)
			return nil, &Error{Message: message, Type: TypeInternal, Code: "EINVAL"}
		}
		result[key] = value
	}
	result["status"] = evidence.Status
	return result, nil
}

// errorJSON is the result of what failed.
func errorJSON(err error) []byte {
	result, problem := encode(map[string]any{"status": false, "error": errorValue(err)})
	if problem != nil {
		// Only its length can be wrong with an error.
		result, _ = encode(map[string]any{"status": false, "error": "an error whose text is too long to be passed on"})
	}
	return result
}
