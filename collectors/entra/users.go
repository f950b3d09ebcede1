package entra

import (
	"context"
	"errors"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/internal/transport"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// userFields are what is read of each user.
const userFields = "id,userPrincipalName,displayName,accountEnabled,userType,onPremisesSyncEnabled," +
	"createdDateTime,signInSessionsValidFromDateTime"

// The page sizes are the largest ones documented: 999, and 500 when the activity
// is asked for as well.
const (
	userPage         = "999"
	userActivityPage = "500"
)

// user is one element of /users.
type user struct {
	ID                string `json:"id"`
	UserPrincipalName string `json:"userPrincipalName"`
	DisplayName       string `json:"displayName"`
	// The parts that are judged.
	AccountEnabled              snapshot.Object    `json:"accountEnabled"`
	UserType                    snapshot.Object    `json:"userType"`
	OnPremisesSyncEnabled       snapshot.Object    `json:"onPremisesSyncEnabled"`
	CreatedDateTime             *snapshot.Instant  `json:"createdDateTime"`
	SignInSessionsValidFromDate *snapshot.Instant  `json:"signInSessionsValidFromDateTime"`
	SignInActivity              *signInActivityAPI `json:"signInActivity"`
}

type signInActivityAPI struct {
	LastSignIn               *snapshot.Instant `json:"lastSignInDateTime"`
	LastNonInteractiveSignIn *snapshot.Instant `json:"lastNonInteractiveSignInDateTime"`
	LastSuccessfulSignIn     *snapshot.Instant `json:"lastSuccessfulSignInDateTime"`
}

// users reads all users, their last activity with them. The activity needs a
// licence and a permission of its own: without either the users are read without
// it.
func (c *Collector) users(ctx context.Context, sink *collectors.Sink) {
	sink.DoAll(ctx, []string{users, userActivity}, func(ctx context.Context, r []*collectors.Recorder) error {
		people, activity := r[0], r[1]
		if activity.Open() {
			pages, err := c.listUsers(ctx, people, activity)
			if pages > 0 || !activityRefused(err) {
				return hinted(err, users)
			}
			activity.End(hinted(err, userActivity))
		}
		_, err := c.listUsers(ctx, people, nil)
		return hinted(err, users)
	})
}

// activityRefused tells whether the listing may work without the activity.
func activityRefused(err error) bool {
	e, ok := errors.AsType[*transport.Error](err)
	return ok && (e.Code == collectors.CodeUnlicensed || e.Code == transport.CodeDenied)
}

// listUsers reads the users, and says how many pages came; activity is nil when
// it is not asked for.
func (c *Collector) listUsers(ctx context.Context, people, activity *collectors.Recorder) (pages int, err error) {
	query := escapeQuery("$select="+userFields, "$top="+userPage)
	if activity != nil {
		query = escapeQuery("$select="+userFields+",signInActivity", "$top="+userActivityPage)
	}
	err = c.api.each(ctx, people, listing{version: v1, path: "/users", query: query}, func(items []snapshot.Object) error {
		pages++
		rows := make([]collectors.Row, 0, len(items))
		for _, item := range items {
			row, err := userRow(item, activity != nil)
			if err != nil {
				people.Gap(err)
				continue
			}
			rows = append(rows, row)
		}
		people.Add(rows...)
		if activity != nil {
			activity.Page(len(items))
		}
		return nil
	})
	return pages, err
}

// userRow makes the row of one user. Where the activity was asked for and none
// came, it was read and shows no sign-in.
func userRow(item snapshot.Object, withActivity bool) (*collectors.EntraUser, error) {
	var u user
	if err := decode(item, &u); err != nil {
		return nil, err
	}
	if u.ID == "" {
		return nil, badPage("a user has no id")
	}
	for _, field := range []struct {
		value snapshot.Object
		kinds []jsontext.Kind
	}{
		{u.AccountEnabled, []jsontext.Kind{jsontext.KindTrue, jsontext.KindFalse}},
		{u.UserType, []jsontext.Kind{jsontext.KindString}},
		{u.OnPremisesSyncEnabled, []jsontext.Kind{jsontext.KindTrue, jsontext.KindFalse}},
	} {
		if kind := field.value.Kind(); len(field.value) > 0 && kind != jsontext.KindNull && !slices.Contains(field.kinds, kind) {
			return nil, badPage("a user's field has another type than the document has a place for")
		}
	}
	row := &collectors.EntraUser{
		ID: u.ID, UserPrincipalName: u.UserPrincipalName, DisplayName: u.DisplayName,
		Entra: snapshot.MailboxEntra{
			AccountEnabled: u.AccountEnabled, UserType: u.UserType, OnPremisesSyncEnabled: u.OnPremisesSyncEnabled,
			CreatedDateTime: u.CreatedDateTime, SignInSessionsValidFromDate: u.SignInSessionsValidFromDate,
		},
	}
	if withActivity {
		row.Entra.SignInActivity = &snapshot.SignInActivity{}
		if a := u.SignInActivity; a != nil {
			*row.Entra.SignInActivity = snapshot.SignInActivity(*a)
		}
	}
	return row, nil
}
