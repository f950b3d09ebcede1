package engine

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/seed-07732396/postern/policies/population"
)

// Declarations are what an organisation says of itself: what is meant, so that a
// control can tell it from what slipped in. They are input.config for a control
// and never evidence.
type Declarations struct {
	// BreakGlass are the emergency accounts that are left outside Okta on
	// purpose.
	BreakGlass []Account `json:"break_glass"`
	// ActiveSyncWithModernAuth says that phones use ActiveSync with modern
	// authentication.
	ActiveSyncWithModernAuth bool `json:"active_sync_with_modern_auth"`
	// ReauthenticationHours is the longest time between two MFA prompts,
	// SensitiveReauthenticationHours that for SensitiveGroups.
	ReauthenticationHours          float64 `json:"reauthentication_hours"`
	SensitiveReauthenticationHours float64 `json:"sensitive_reauthentication_hours"`
	// SensitiveGroups are ids of Okta groups.
	SensitiveGroups []string `json:"sensitive_groups"`
	// AccessTokenHours is the longest life of an access token.
	AccessTokenHours float64 `json:"access_token_hours"`
	// LegacyExceptionShare is the share of the assigned users, from 0 to 1, above
	// which a group is too large for an exception for legacy clients, and so are all
	// exceptions together.
	LegacyExceptionShare float64 `json:"legacy_exception_share"`
	// SignInFrequencyHours is the longest life of a session in Entra.
	SignInFrequencyHours float64 `json:"sign_in_frequency_hours"`
	// LeastEvidenceDays is how long logs must have been read to show that something
	// does not happen.
	LeastEvidenceDays float64 `json:"least_evidence_days"`
	// EWSAllowed says that the organisation uses Exchange Web Services.
	EWSAllowed bool `json:"ews_allowed"`
	// EnforcedAt is the moment from which every door was closed, in RFC 3339;
	// empty means that the engine takes the last change. Controls read it from
	// input.moments.
	EnforcedAt string `json:"-"`
}

// Account names one account by its Entra object id, its user principal name, or
// both, of which the id then counts. Either may be empty.
type Account struct {
	ID                string `json:"id"`
	UserPrincipalName string `json:"user_principal_name"`
}

// DefaultDeclarations are those of an organisation that declares nothing.
func DefaultDeclarations() Declarations {
	return Declarations{
		BreakGlass:                     []Account{},
		SensitiveGroups:                []string{},
		ReauthenticationHours:          12,
		SensitiveReauthenticationHours: 1,
		AccessTokenHours:               1,
		LegacyExceptionShare:           0.05,
		SignInFrequencyHours:           168,
		LeastEvidenceDays:              7,
	}
}

// Validate reports the first declaration that makes no sense, by the name it has
// in the configuration.
func (d *Declarations) Validate() error {
	hours := []struct {
		name  string
		value float64
	}{
		{"reauthentication_hours", d.ReauthenticationHours},
		{"sensitive_reauthentication_hours", d.SensitiveReauthenticationHours},
		{"access_token_hours", d.AccessTokenHours},
		{"sign_in_frequency_hours", d.SignInFrequencyHours},
	}
	for _, h := range hours {
		if !(h.value > 0) || math.IsInf(h.value, 0) {
			return fmt.Errorf("%s is %v: it must be a number of hours above 0", h.name, h.value)
		}
	}
	if !(d.LegacyExceptionShare >= 0 && d.LegacyExceptionShare <= 1) {
		return fmt.Errorf("legacy_exception_share is %v: it must lie between 0 and 1", d.LegacyExceptionShare)
	}
	if !(d.LeastEvidenceDays >= 0) || math.IsInf(d.LeastEvidenceDays, 0) {
		return fmt.Errorf("least_evidence_days is %v: it must be a number of days, 0 or more", d.LeastEvidenceDays)
	}
	for i, account := range d.BreakGlass {
		if strings.TrimSpace(account.ID) == "" && strings.TrimSpace(account.UserPrincipalName) == "" {
			return fmt.Errorf("break_glass[%d] names no account: give its id or its user_principal_name", i)
		}
	}
	for i, group := range d.SensitiveGroups {
		if strings.TrimSpace(group) == "" {
			return fmt.Errorf("sensitive_groups[%d] is empty: give the id of an Okta group", i)
		}
	}
	if d.EnforcedAt != "" {
		if _, err := time.Parse(time.RFC3339Nano, d.EnforcedAt); err != nil {
			return fmt.Errorf("enforced_at is %q: write a date, a time and a zone, such as 2026-11-01T08:00:00Z", d.EnforcedAt)
		}
	}
	return nil
}

// Of lists what is declared of a user, as a mailbox has it under "declared": such as
// break_glass, nil for nothing.
func (d *Declarations) Of(who population.Identity) []string {
	for i := range d.BreakGlass {
		if d.BreakGlass[i].is(who) {
			return []string{"break_glass"}
		}
	}
	return nil
}

// declarationsSchema is the schema of input.config.
func declarationsSchema() schemaNode {
	text := schemaNode{"type": "string"}
	number := schemaNode{"type": "number"}
	flag := schemaNode{"type": "boolean"}
	return schemaNode{"config": schemaNode{
		"type": "object",
		"properties": schemaNode{
			"break_glass": schemaNode{"type": "array", "items": schemaNode{
				"type":       "object",
				"properties": schemaNode{"id": text, "user_principal_name": text},
			}},
			"active_sync_with_modern_auth":     flag,
			"reauthentication_hours":           number,
			"sensitive_reauthentication_hours": number,
			"sensitive_groups":                 schemaNode{"type": "array", "items": text},
			"access_token_hours":               number,
			"legacy_exception_share":           number,
			"sign_in_frequency_hours":          number,
			"least_evidence_days":              number,
			"ews_allowed":                      flag,
		},
	}}
}
