package scubagear

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

const (
	// maxBytes is far above the export of a large tenant, which is a few
	// megabytes: the settings do not grow with the number of users.
	maxBytes = 256 << 20
	// maxDepth is what an export may be nested; ScubaGear itself stops at ten
	// levels below a section. It is below the snapshot's own limit.
	maxDepth = 64
)

const (
	hintWhich = "give ScubaGear's ProviderSettingsExport.json (it keeps one when run with -KeepIndividualJSON) or its ScubaResults_*.json"
	hintAgain = "the file was not written or copied to its end: copy it again, or run ScubaGear again"
	hintLimit = "no export of ScubaGear needs this much; see what wrote the file"
)

// readText reads the export as UTF-8, whichever of its encodings PowerShell chose
// to write.
func readText(r io.Reader, name string) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, &snapshot.Error{File: name, Problem: "cannot be read: " + err.Error(), Err: err}
	}
	if len(raw) > maxBytes {
		return nil, &snapshot.Error{File: name, Problem: fmt.Sprintf("longer than %d bytes", maxBytes), Hint: hintLimit}
	}
	if order := byteOrder(raw); order != nil {
		return fromUTF16(raw, order, name)
	}
	return bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF")), nil
}

// byteOrder tells UTF-16 by its mark, or by the zero byte beside the brace that
// an export starts with; nil is any other encoding.
func byteOrder(raw []byte) binary.ByteOrder {
	switch {
	case len(raw) < 2:
		return nil
	case raw[0] == 0xFF && raw[1] == 0xFE, raw[0] != 0 && raw[1] == 0:
		return binary.LittleEndian
	case raw[0] == 0xFE && raw[1] == 0xFF, raw[0] == 0 && raw[1] != 0:
		return binary.BigEndian
	}
	return nil
}

func fromUTF16(raw []byte, order binary.ByteOrder, name string) ([]byte, error) {
	if len(raw)%2 != 0 {
		return nil, &snapshot.Error{File: name, Problem: "UTF-16 that ends in the middle of a character", Hint: hintAgain}
	}
	units := make([]uint16, 0, len(raw)/2)
	for i := 0; i < len(raw); i += 2 {
		units = append(units, order.Uint16(raw[i:]))
	}
	if len(units) > 0 && units[0] == 0xFEFF {
		units = units[1:]
	}
	text := make([]byte, 0, len(units))
	for i := 0; i < len(units); i++ {
		r := rune(units[i])
		if utf16.IsSurrogate(r) {
			next := utf8.RuneError
			if i+1 < len(units) {
				next = utf16.DecodeRune(r, rune(units[i+1]))
			}
			if next == utf8.RuneError {
				return nil, problem(name, text, len(text), "", "not valid UTF-16", "save the file as UTF-8")
			}
			r, i = next, i+1
		}
		text = utf8.AppendRune(text, r)
	}
	return text, nil
}

// checkText holds the text to JSON, to one value, and to the limits, before
// anything is made of it.
func checkText(text []byte, name string) error {
	if len(bytes.TrimSpace(text)) == 0 {
		return problem(name, text, len(text), "", "the file is empty", hintAgain)
	}
	dec := jsontext.NewDecoder(bytes.NewReader(text))
	for done := false; ; {
		_, err := dec.ReadToken()
		switch {
		case err == io.EOF && done:
			return nil
		case err != nil:
			return syntaxError(name, text, dec, err)
		case done:
			return problem(name, text, int(dec.InputOffset()), "", "text stands behind the end of the JSON", hintWhich)
		case dec.StackDepth() > maxDepth:
			return problem(name, text, int(dec.InputOffset()), string(dec.StackPointer()),
				fmt.Sprintf("nested deeper than %d levels", maxDepth), hintLimit)
		}
		done = dec.StackDepth() == 0
	}
}

func syntaxError(name string, text []byte, dec *jsontext.Decoder, err error) error {
	offset, field := int(dec.InputOffset()), string(dec.StackPointer())
	syntax := (*jsontext.SyntacticError)(nil)
	if errors.As(err, &syntax) {
		offset, field = int(syntax.ByteOffset), string(syntax.JSONPointer)
	}
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return problem(name, text, len(text), field, "the file ends in the middle of the JSON", hintAgain)
	case errors.Is(err, jsontext.ErrDuplicateName):
		return problem(name, text, offset, field, "the name stands here a second time", "take away the one that is wrong")
	case syntax != nil && !utf8.Valid(text):
		return problem(name, text, offset, field, "not valid UTF-8", "save the file as UTF-8")
	case syntax != nil:
		return problem(name, text, offset, field, "not JSON: "+syntax.Err.Error(), hintWhich)
	}
	return problem(name, text, offset, field, "not JSON: "+err.Error(), hintWhich)
}

// problem makes the error for a place in the text.
func problem(name string, text []byte, offset int, field, what, hint string) *snapshot.Error {
	before := text[:min(max(offset, 0), len(text))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return &snapshot.Error{File: name, Line: line, Column: column, Field: field, Problem: what, Hint: hint}
}

// fieldError makes the error for a member of the export that is well-formed and
// still not what it has to be.
func fieldError(name, field, what, hint string) *snapshot.Error {
	return &snapshot.Error{File: name, Field: "/" + strings.TrimPrefix(field, "/"), Problem: what, Hint: hint}
}
