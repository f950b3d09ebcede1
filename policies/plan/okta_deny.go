package plan

import (
	"net/url"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/seed-07732396/postern/policies/impact"
)

// deny puts a rule that denies legacy clients above all but the exception: one that
// is there, or a new one.
func (w *ruleWork) deny(order []object) []object {
	a := w.closes
	a.Name = "deny_legacy_" + w.policy
	a.Console = w.m.say("deny_console", "rules", rulesConsole)
	a.Undo = ""
	place := 0
	apart := len(order) > 0 && order[0]["id"] == nil
	if apart {
		place = 1
	}
	w.m.add("E", a)
	w.askAfterDevices()
	order, place = w.keepExceptions(order, place)
	if at := slices.IndexFunc(order, deniesEverybody); at >= 0 {
		a.Title = w.m.say("move_deny")
		a.Requests = append(a.Requests, w.move(order, at, place))
		return moved(order, at, place)
	}
	const name = "Deny legacy authentication"
	conditions := map[string]any{
		"network":         map[string]any{"connection": "ANYWHERE"},
		"office365Client": map[string]any{"include": []string{"ACTIVE_SYNC"}},
	}
	request := Request{
		Title: w.m.say("create_rule"), Method: "POST", URL: w.url(), Note: w.m.say("read_back") + " " + w.m.say("keep_id", "name", "{ruleId}"),
		Undo: []Request{
			{Title: w.m.say("deactivate"), Method: "POST", URL: w.url("/{ruleId}/lifecycle/deactivate")},
			{Title: w.m.say("remove_rule"), Method: "DELETE", URL: w.url("/{ruleId}")},
		},
	}
	if apart {
		conditions["people"] = map[string]any{"groups": map[string]any{"exclude": []string{"{groupId}"}}}
		request.Fill = map[string]string{"groupId": w.m.say("id_of_in_use")}
	}
	request.Body = value(rule(name, place, "DENY", conditions))
	a.Requests = append(a.Requests, request)
	return slices.Insert(slices.Clone(order), place, object{"name": value(name)})
}

// keepExceptions moves the exceptions for legacy clients that nothing is wrong with
// above the place of the rule that denies, or it would stop their people. One that
// stands below such a rule already is left there.
func (w *ruleWork) keepExceptions(order []object, place int) ([]object, int) {
	for i := place; i < len(order) && !deniesEverybody(order[i]); i++ {
		if !w.isException(order[i]) {
			continue
		}
		if i > place {
			w.closes.Requests = append(w.closes.Requests, w.move(order, i, place))
			order = moved(order, i, place)
		}
		place++
	}
	return order, place
}

// isException reports a rule that is made for legacy clients, lets them in, and that
// no finding calls loose.
func (w *ruleWork) isException(r object) bool {
	for i := range w.loose {
		if w.rules[i].text("id") == r.text("id") {
			return false
		}
	}
	var actions struct {
		SignOn struct {
			Access string `json:"access"`
		} `json:"appSignOn"`
	}
	return r.text("id") != "" && r.text("status") == "ACTIVE" && namesLegacy(r) &&
		json.Unmarshal(r["actions"], &actions) == nil && actions.SignOn.Access == "ALLOW"
}

// move is the request that moves a rule to another place in the order.
func (w *ruleWork) move(order []object, from, to int) Request {
	r := order[from]
	address := w.url("/", url.PathEscape(r.text("id")))
	return Request{
		Title: w.m.say("move_rule", "name", r.text("name")), Method: "PUT", URL: address, Body: value(w.body(r, to)), Note: w.m.say("read_back"),
		Undo: []Request{{Title: w.m.say("move_back"), Method: "PUT", URL: address, Body: value(w.body(r, from))}},
	}
}

func moved(order []object, from, to int) []object {
	r := order[from]
	return slices.Insert(slices.Delete(slices.Clone(order), from, from+1), to, r)
}

// askAfterDevices asks about the devices that Windows registers through the endpoint
// that is closed.
func (w *ruleWork) askAfterDevices() {
	n := 0
	for _, mailbox := range w.m.in.Impact.Devices {
		if slices.ContainsFunc(mailbox.Devices, func(u impact.Use) bool { return u.Succeeded > 0 }) {
			n++
		}
	}
	if n > 0 {
		w.m.ask(w.m.say("ask_devices"), w.m.say("ask_devices_how"), w.m.say("ask_devices_why", "n", n))
	}
}

// deniesEverybody reports a rule that denies legacy clients of everybody, from
// anywhere, and nothing else.
func deniesEverybody(rule object) bool {
	var actions struct {
		SignOn struct {
			Access string `json:"access"`
		} `json:"appSignOn"`
	}
	if rule.text("status") != "ACTIVE" || isSystem(rule) || !namesLegacy(rule) ||
		json.Unmarshal(rule["actions"], &actions) != nil || actions.SignOn.Access != "DENY" {
		return false
	}
	var conditions map[string]any
	if json.Unmarshal(rule["conditions"], &conditions) != nil {
		return false
	}
	delete(conditions, "office365Client")
	return narrowsNothing(conditions)
}

// narrowsNothing reports conditions that hold for everybody: empty lists, and the
// values that Okta writes for any.
func narrowsNothing(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == "ANYWHERE" || v == "ANY"
	case []any:
		return len(v) == 0
	case map[string]any:
		for _, field := range v {
			if !narrowsNothing(field) {
				return false
			}
		}
		return true
	}
	return false
}
