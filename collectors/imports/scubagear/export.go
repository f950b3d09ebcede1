package scubagear

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// export is a settings export that was read and recognised.
type export struct {
	name     string
	sections map[string]jsontext.Value
	// at is when ScubaGear ran.
	at snapshot.Instant
	// ran and failed are the commands by the product that they were run for,
	// both in lower case.
	ran, failed map[string]map[string]bool
}

// readExport recognises an export and takes it apart. The export may stand inside
// ScubaResults_*.json, as its member Raw.
func readExport(name string, text []byte) (*export, error) {
	if kind := jsontext.Value(text).Kind(); kind != jsontext.KindBeginObject {
		return nil, problem(name, text, 0, "", "not an export of ScubaGear: it is one object, and this is something else", hintWhich)
	}
	sections, err := readObject(text)
	if err != nil {
		return nil, problem(name, text, 0, "", "cannot be read: "+err.Error(), hintWhich)
	}
	base := ""
	if raw, ok := sections["Raw"]; ok && sections["Results"] != nil && raw.Kind() == jsontext.KindBeginObject {
		base = "/Raw"
		if sections, err = readObject(raw); err != nil {
			return nil, fieldError(name, base, "cannot be read: "+err.Error(), hintWhich)
		}
	}
	if err := recognise(name, base, sections); err != nil {
		return nil, err
	}
	e := &export{name: name, sections: sections, ran: map[string]map[string]bool{}, failed: map[string]map[string]bool{}}
	if e.at, err = readInstant(sections["timestamp_zulu"]); err != nil {
		return nil, fieldError(name, base+"/timestamp_zulu", err.Error(),
			"it says when the settings were read, and old versions of ScubaGear leave it out: run a current one")
	}
	return e, e.readCommands(base)
}

// recognise tells an export of ScubaGear from everything else that is JSON.
func recognise(name, base string, sections map[string]jsontext.Value) error {
	switch {
	case sections["module_version"] != nil:
		return nil
	case sections["collection"] != nil && sections["version"] != nil:
		return &snapshot.Error{File: name, Problem: "is a snapshot already", Hint: "judge it: postern check " + name}
	case sections["Results"] != nil:
		return &snapshot.Error{File: name, Problem: "holds ScubaGear's results without the settings they were made from", Hint: hintWhich}
	}
	return fieldError(name, base+"/module_version", "missing: this is not an export of ScubaGear", hintWhich)
}

func readInstant(v jsontext.Value) (snapshot.Instant, error) {
	text := textOf(v)
	if text == "" {
		return snapshot.Instant{}, fmt.Errorf("missing, or not a text")
	}
	if date, ok := parseDate(text); ok {
		text = date
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return snapshot.Instant{}, fmt.Errorf("%q is not an instant such as 2026-11-20T08:00:00Z", text)
	}
	return snapshot.NewInstant(at), nil
}

// readCommands reads the lists of what ScubaGear could and could not run.
func (e *export) readCommands(base string) error {
	for section, value := range e.sections {
		name := strings.ToLower(section)
		into := e.ran
		product, ok := strings.CutSuffix(name, "_unsuccessful_commands")
		if ok {
			into = e.failed
		} else if product, ok = strings.CutSuffix(name, "_successful_commands"); !ok {
			continue
		}
		commands, err := readTexts(value)
		if err != nil {
			return fieldError(e.name, base+"/"+section, "not a list of commands: "+err.Error(), hintWhich)
		}
		if into[product] == nil {
			into[product] = map[string]bool{}
		}
		for _, command := range commands {
			into[product][strings.ToLower(command)] = true
		}
	}
	return nil
}

// readTexts reads a list of texts, which PowerShell may have written as one text
// or as nothing at all.
func readTexts(v jsontext.Value) ([]string, error) {
	if isNull(v) {
		return nil, nil
	}
	if v.Kind() == jsontext.KindString {
		return []string{textOf(v)}, nil
	}
	var list []*string
	if err := json.Unmarshal(v, &list); err != nil {
		return nil, err
	}
	var texts []string
	for _, text := range list {
		if text != nil {
			texts = append(texts, *text)
		}
	}
	return texts, nil
}

// source says where a resource stands in the export, and what ScubaGear ran to
// get it.
type source struct {
	section string
	// products are the names under which ScubaGear has listed the commands of
	// this section, by its versions.
	products []string
	// commands are the names the command has had.
	commands []string
}

// run tells what the export says of the source's command: its name if it is
// named at all, whether it ran, whether it failed. Of the two, failed counts:
// some versions list what they did not run among the successful ones.
func (e *export) run(s source) (command string, ran, failed bool) {
	for _, product := range s.products {
		for _, name := range s.commands {
			switch key := strings.ToLower(name); {
			case e.failed[product][key]:
				return name, ran, true
			case e.ran[product][key]:
				command, ran = name, true
			}
		}
	}
	return command, ran, false
}

// exported tells whether ScubaGear was run for the product at all.
func (e *export) exported(s source) bool {
	return slices.ContainsFunc(s.products, func(p string) bool { return e.ran[p] != nil || e.failed[p] != nil })
}

// elements reads a section as a list. PowerShell writes a list of one as the
// element itself, and an empty one as [null] or not at all.
func (e *export) elements(section string) (list []jsontext.Value, single, nulls bool, err error) {
	v := e.sections[section]
	switch {
	case isNull(v):
		return nil, false, len(v) > 0, nil
	case v.Kind() == jsontext.KindBeginObject:
		return []jsontext.Value{v}, true, false, nil
	case v.Kind() != jsontext.KindBeginArray:
		return nil, false, false, fmt.Errorf("neither a list nor an object")
	}
	var all []jsontext.Value
	if err := json.Unmarshal(v, &all); err != nil {
		return nil, false, false, err
	}
	for _, element := range all {
		switch {
		case isNull(element):
			nulls = true
		case element.Kind() != jsontext.KindBeginObject:
			return nil, false, false, fmt.Errorf("holds something that is no object")
		default:
			list = append(list, element)
		}
	}
	return list, false, nulls, nil
}
