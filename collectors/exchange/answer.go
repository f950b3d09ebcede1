package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/internal/transport"
)

// readPage takes a good answer apart. Warnings come in the body and in a header.
func readPage(got *transport.Answer) (*answer, error) {
	var body struct {
		Value    jsontext.Value `json:"value"`
		Next     string         `json:"@odata.nextLink"`
		Warnings []string       `json:"@adminapi.warnings"`
	}
	if err := json.Unmarshal(got.Body, &body); err != nil {
		return nil, errors.New("the answer is not what the admin endpoint writes")
	}
	if body.Value == nil {
		return nil, errors.New("the answer holds no list of objects")
	}
	page := &answer{items: body.Value, next: body.Next, warnings: body.Warnings}
	if err := json.Unmarshal(body.Value, &page.objects); err != nil {
		return nil, errors.New("the answer's value is not a list")
	}
	for i, object := range page.objects {
		if object.Kind() != '{' {
			return nil, errors.New("the answer's list holds something other than objects")
		}
		plain, err := withoutAnnotations(object)
		if err != nil {
			return nil, err
		}
		page.objects[i] = plain
	}
	for _, warning := range got.Header.Values("X-Warnings") {
		if warning = strings.TrimSpace(warning); warning != "" && warning != "[]" {
			page.warnings = append(page.warnings, warning)
		}
	}
	return page, nil
}

// withoutAnnotations drops the members whose names hold an @: they tell a
// property's type to the PowerShell module and are no properties.
func withoutAnnotations(object jsontext.Value) (jsontext.Value, error) {
	dec := jsontext.NewDecoder(bytes.NewReader(object))
	var out bytes.Buffer
	enc := jsontext.NewEncoder(&out)
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	if err := enc.WriteToken(jsontext.BeginObject); err != nil {
		return nil, err
	}
	for dec.PeekKind() == '"' {
		name, err := dec.ReadValue()
		if err != nil {
			return nil, err
		}
		name = bytes.Clone(name)
		value, err := dec.ReadValue()
		if err != nil {
			return nil, err
		}
		if bytes.IndexByte(name, '@') >= 0 {
			continue
		}
		if err := errors.Join(enc.WriteValue(name), enc.WriteValue(value)); err != nil {
			return nil, err
		}
	}
	if err := enc.WriteToken(jsontext.EndObject); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(out.Bytes()), nil
}

// refusal makes an error of an answer that is not 200.
func refusal(req *http.Request, got *transport.Answer) error {
	if got.Status >= 300 && got.Status < 400 {
		e := transport.StatusError(req, got.Status, "the service points elsewhere; it was not followed")
		e.Code = transport.CodeBadAddress
		return e
	}
	e := transport.StatusError(req, got.Status, errorText(got.Body))
	switch {
	case got.Status == http.StatusUnauthorized:
		e.Hint = "grant the app role Exchange.ManageAsApp of Office 365 Exchange Online, and consent to it"
	case got.Status == http.StatusForbidden:
		e.Code = collectors.CodeDenied
		e.Hint = "assign the Entra role Global Reader to the app, or a role group with View-Only Configuration and View-Only Recipients; the app role Exchange.ManageAsApp alone is not enough"
	}
	return e
}

// errorText finds what the cmdlet said: the top-level message is the same for
// all errors. A 403 without a directory role has a body of NUL bytes.
func errorText(body []byte) string {
	var parsed struct {
		Error struct {
			Message string `json:"message"`
			Details []struct {
				Message string `json:"message"`
			} `json:"details"`
			Inner struct {
				Internal struct {
					Message string `json:"message"`
				} `json:"internalexception,case:ignore"`
			} `json:"innererror,case:ignore"`
		} `json:"error"`
	}
	if err := json.Unmarshal(body, &parsed); err != nil {
		return ""
	}
	if message := parsed.Error.Inner.Internal.Message; message != "" {
		return message
	}
	for _, detail := range parsed.Error.Details {
		// "Ex6F9304|Namespace.SomeException|What happened."
		if i := strings.LastIndexByte(detail.Message, '|'); i >= 0 {
			detail.Message = detail.Message[i+1:]
		}
		if detail.Message != "" {
			return detail.Message
		}
	}
	return parsed.Error.Message
}

// expired names the error of a later page that the service no longer knows.
func expired(err error, pages int) error {
	e := transport.AsError(err)
	if pages == 0 || e.Status != http.StatusBadRequest {
		return err
	}
	return &collectors.Error{
		Code:    collectors.CodeExpiredPage,
		Problem: fmt.Sprintf("the service no longer knows what comes behind page %d: %s", pages, e.Problem),
		Hint:    "collect again; pages are kept for thirty minutes",
	}
}
