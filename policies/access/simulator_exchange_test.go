package access_test

// Exchange's chain, as the simulator reads it.

import (
	"strings"
	"time"
)

// atExchange says whether Exchange lets a request past: "yes", "no" or "maybe".
func (s *simulated) atExchange(m any, protocol, method string) verdict3 {
	v := verdict3("yes")
	x := sub(m, "exchange")
	if method == "basic" {
		if protocol != "smtp" && !s.f.options.AsPublished {
			switch {
			case s.at.After(time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)):
				return "no"
			case s.at.Before(time.Date(2022, 6, 1, 0, 0, 0, 0, time.UTC)):
			default:
				panic("no test runs in the years of the removal")
			}
		}
		v = all3(v, s.policyLetsThrough(x, protocol))
	}
	onOff := func(name string) verdict3 {
		switch flag(x, name) {
		case "true":
			return "yes"
		case "false":
			return "no"
		}
		return "maybe"
	}
	switch protocol {
	case "pop":
		v = all3(v, onOff("PopEnabled"))
	case "imap":
		v = all3(v, onOff("ImapEnabled"))
	case "activesync":
		v = all3(v, onOff("ActiveSyncEnabled"))
	case "mapi":
		v = all3(v, onOff("MAPIEnabled"))
	case "web":
		v = all3(v, onOff("OWAEnabled"))
	case "powershell":
		module, shell := onOff("EXOModuleEnabled"), onOff("RemotePowerShellEnabled")
		switch {
		case module == "maybe":
			v = all3(v, shell)
		case shell == "maybe" || shell == module:
			v = all3(v, module)
		default:
			v = all3(v, "maybe")
		}
	case "smtp":
		switch flag(x, "SmtpClientAuthenticationDisabled") {
		case "false":
		case "true":
			return "no"
		case "null":
			switch flag(s.exchange, "transport_config", "SmtpClientAuthenticationDisabled") {
			case "false":
			case "true":
				return "no"
			default:
				v = all3(v, "maybe")
			}
		default:
			v = all3(v, "maybe")
		}
	case "ews":
		v = all3(v, s.webServices(x))
	}
	return v
}

func (s *simulated) policyLetsThrough(x any, protocol string) verdict3 {
	name, known := "", false
	if has(x, "AuthenticationPolicy") {
		name, known = str(x, "AuthenticationPolicy"), true
	}
	if known && name == "" {
		known = has(s.exchange, "organization_config", "DefaultAuthenticationPolicy")
		name = str(s.exchange, "organization_config", "DefaultAuthenticationPolicy")
	}
	if !known {
		return "maybe"
	}
	if name == "" {
		return "yes"
	}
	flags := map[string][]string{
		"pop": {"Pop"}, "imap": {"Imap"}, "activesync": {"ActiveSync"}, "ews": {"WebServices"}, "mapi": {"Mapi", "Rpc"},
		"powershell": {"Powershell"}, "smtp": {"Smtp"},
	}[protocol]
	for _, p := range list(s.exchange, "authentication_policies") {
		if !strings.EqualFold(str(p, "Name"), name) && !strings.EqualFold(str(p, "Guid"), name) {
			continue
		}
		v := verdict3("no")
		for _, f := range flags {
			switch flag(p, "AllowBasicAuth"+f) {
			case "true":
				return "yes"
			case "false":
			default:
				v = "maybe"
			}
		}
		return v
	}
	return "maybe"
}

func (s *simulated) webServices(x any) verdict3 {
	retiring := !s.at.Before(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)) && !s.f.options.AsPublished
	if retiring && !s.at.Before(time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC)) {
		return "no"
	}
	v := verdict3("yes")
	switch flag(s.exchange, "organization_config", "EwsEnabled") {
	case "false":
		return "no"
	case "true":
		if len(list(s.exchange, "ews_operation_access", "EwsAllowedAppIDs")) > 0 || retiring {
			v = "maybe"
		}
	case "null":
		if retiring {
			v = "maybe"
		}
	default:
		v = "maybe"
	}
	switch flag(x, "EwsEnabled") {
	case "false":
		return "no"
	case "true", "null":
		return v
	}
	return all3(v, "maybe")
}
