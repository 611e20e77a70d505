package plugin

import "errors"

// The types of an [Error].
const (
	TypeNetwork    = "network"
	TypeTimeout    = "timeout"
	TypeConfig     = "config"
	TypeCapability = "capability"
	TypeExecution  = "execution"
	TypeValidation = "validation"
	TypePanic      = "panic"
	TypeInternal   = "internal"
)

// Error is the contract's error record. The host's errors are of this type, and a plugin's own may be.
type Error struct {
	// Message says to people what went wrong, and with what.
	Message string `json:"message"`
	// Type is one of the Type constants.
	Type string `json:"type"`
	// Code is an errno-like word: `ECONNREFUSED`, `ENOENT`.
	Code string `json:"code"`
	// IsTimeout says that a deadline passed.
	IsTimeout bool `json:"is_timeout,omitempty"`
	// IsNotFound says that what was asked for does not exist, which is an answer.
	IsNotFound bool `json:"is_not_found,omitempty"`
	// Wrapped is the error below this one.
	Wrapped *Error `json:"wrapped,omitempty"`
}

// Error is the message, with those of the errors below.
func (e *Error) Error() string {
	text := e.Message
	if text == "" {
		text = e.Code
	}
	if e.Wrapped != nil {
		text += ": " + e.Wrapped.Error()
	}
	return text
}

// Unwrap answers the error below.
func (e *Error) Unwrap() error {
	// A nil *Error in an error is not a nil error.
	if e.Wrapped == nil {
		return nil
	}
	return e.Wrapped
}

// IsUnreachable says that this is the network's answer that nothing can be connected to there: refused, unreachable, or
// silent. A name that does not resolve and a capability that is missing are no answer.
func (e *Error) IsUnreachable() bool {
	if e.Type != TypeNetwork && e.Type != TypeTimeout {
		return false
	}
	switch e.Code {
	case "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EACCES":
		return true
	}
	return false
}

// errorValue is what stands for err in a result: its text, as the guide has it, and a record where it has a type.
func errorValue(err error) any {
	var own *Error
	if !errors.As(err, &own) || own == nil {
		return err.Error()
	}
	if text := err.Error(); text != own.Error() {
		// What wraps an Error has its type and code, and says more.
		outer := *own
		outer.Message, outer.Wrapped = text, nil
		return &outer
	}
	return own
}
