//go:build !wasip1

package plugin

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
)

type pathConfig struct {
	Path string `json:"path"`
}

func define(observe func(*Host, pathConfig) (Evidence, error)) Definition[pathConfig] {
	return Definition[pathConfig]{Metadata: Metadata{Name: "test", Version: "1.0.0"}, Observe: observe}
}

func TestDescribeAndSchema(t *testing.T) {
	d := define(nil)
	if got := string(answerDescribe(d)); got != `{"name":"test","version":"1.0.0","description":"","capabilities":[]}` {
		t.Error(got)
	}
	d.Schema = map[string]any{"type": "object"}
	if got := string(answerSchema(d)); got != `{"type":"object"}` {
		t.Error(got)
	}
	d.Schema = make(chan int)
	if got := string(answerSchema(d)); !strings.Contains(got, "cannot be encoded") {
		t.Error(got)
	}
}

func TestWithoutAPluginEveryAnswerIsAnError(t *testing.T) {
	for _, got := range [][]byte{answerDescribe(nil), answerSchema(nil), answerObserve(nil, nil, []byte(`{}`))} {
		if !strings.Contains(string(got), "plugin.Register") {
			t.Error(string(got))
		}
	}
}

func TestWhatObserveAnswers(t *testing.T) {
	missing := &Error{Message: "/x: No such file", Type: TypeExecution, Code: "ENOENT", IsNotFound: true}
	record := map[string]any{"message": "/x: No such file", "type": "execution", "code": "ENOENT", "is_not_found": true}
	outer := map[string]any{"message": "reading: /x: No such file", "type": "execution", "code": "ENOENT", "is_not_found": true}
	failed := func(err any) map[string]any { return map[string]any{"status": false, "error": err} }
	var nothing map[string]int
	for name, test := range map[string]struct {
		evidence Evidence
		err      error
		panics   func()
		expected map[string]any
	}{
		"a verdict":         {evidence: Evidence{Status: true}, expected: map[string]any{"status": true}},
		"data":              {evidence: Evidence{Data: map[string]any{"a": "<&>"}}, expected: map[string]any{"status": false, "a": "<&>"}},
		"an error":          {err: errors.New("no"), expected: failed("no")},
		"a host's error":    {err: missing, expected: failed(record)},
		"one that is wraps": {err: fmt.Errorf("reading: %w", missing), expected: failed(outer)},
		"an index": {panics: func() { _ = []int{}[len(nothing)] },
			expected: failed(map[string]any{"message": "panic: runtime error: index out of range [0] with length 0", "type": "panic", "code": "EPANIC"})},
		"a nil map": {panics: func() { nothing["a"] = 1 },
			expected: failed(map[string]any{"message": "panic: assignment to entry in nil map", "type": "panic", "code": "EPANIC"})},
		"a taken key": {evidence: Evidence{Status: true, Data: map[string]any{"status": 1}},
			expected: failed(map[string]any{"message": "the evidence's data has a key \"status\", which means something else to the host", "type": "internal", "code": "EINVAL"})},
		"no JSON": {evidence: Evidence{Data: map[string]any{"a": math.NaN()}},
			expected: failed(map[string]any{"message": "the result cannot be encoded: json: unsupported value: NaN", "type": "internal", "code": "EINVAL"})},
		"too much": {evidence: Evidence{Data: map[string]any{"a": strings.Repeat("a", maxResult)}},
			expected: failed(map[string]any{"message": "the result has 4194327 bytes; a host takes 4194304 at most, so leave out or cut some data", "type": "validation", "code": "EMSGSIZE"})},
		"an endless error": {err: errors.New(strings.Repeat("e", maxResult)), expected: failed("an error whose text is too long to be passed on")},
	} {
		observe := func(*Host, pathConfig) (Evidence, error) {
			if test.panics != nil {
				test.panics()
			}
			return test.evidence, test.err
		}
		if got := Observe(define(observe), new(Fake).Host(), `{"path": "/x"}`); !reflect.DeepEqual(got, test.expected) {
			t.Errorf("%s: got %v", name, got)
		}
	}
	if got := Observe(define(nil), new(Fake).Host(), `{"path": "/x"}`); got["error"] != "this plugin has no Observe" {
		t.Error(got)
	}
	ignores := func(*Host, pathConfig) (Evidence, error) { return Evidence{Status: true}, nil }
	record = map[string]any{"message": "`path` is missing", "type": "config", "code": "EINVAL"}
	if got := Observe(define(ignores), new(Fake).Host(), `{}`); !reflect.DeepEqual(got, failed(record)) {
		t.Error(got)
	}
}

func TestErrors(t *testing.T) {
	err := &Error{Code: "ECONNREFUSED", Wrapped: &Error{Message: "below"}}
	if err.Error() != "ECONNREFUSED: below" || errors.Unwrap(err) != error(err.Wrapped) {
		t.Error(err)
	}
	if below := errors.Unwrap(err.Wrapped); below != nil {
		t.Error(below)
	}
}

func TestMemory(t *testing.T) {
	var said []string
	WatchBlocks(func(left int, problem string) { said = append(said, fmt.Sprint(left, " ", problem)) })
	defer WatchBlocks(nil)
	for _, size := range []uint32{0, maxBlock + 1, math.MaxUint32} {
		if allocate(size) != 0 {
			t.Errorf("allocated %d bytes", size)
		}
	}
	ptr := allocate(5)
	block, err := readFromMemory(ptr, 5)
	if err != nil || len(block) != 5 {
		t.Fatal(block, err)
	}
	result := successResponse(map[string]any{"a": 1})
	if block, err := readFromMemory(result, 21); string(block) != `{"a":1,"status":true}` {
		t.Error(string(block), err)
	}
	deallocate(ptr, 4)
	deallocate(ptr+1, 5)
	deallocate(ptr, 5)
	deallocate(ptr, 5)
	deallocate(result, 21)
	problem := errorResponse(errors.New("no"))
	deallocate(problem, uint32(len(`{"error":"no","status":false}`)))
	text := marshalToPtr([]int{1})
	deallocate(text, 3)
	failed := marshalToPtr(math.Inf(1))
	deallocate(failed, uint32(len(blocks[failed])))
	expected := []string{
		fmt.Sprintf("2 the block at address %d has 5 bytes, not 4", ptr),
		fmt.Sprintf("2 there is no block at address %d", ptr+1),
		"1 ",
		fmt.Sprintf("1 there is no block at address %d", ptr),
		"0 ", "0 ", "0 ", "0 ",
	}
	if !reflect.DeepEqual(said, expected) {
		t.Errorf("got %q", said)
	}
	if copyToMemory(nil) != 0 {
		t.Error("nothing has an address")
	}
}
