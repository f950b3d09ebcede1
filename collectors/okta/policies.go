package okta

import (
	"context"
	"net/http"
	"net/url"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/internal/transport"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// accessPolicies reads the authentication policy behind each app instance, by its
// link and never by its name, with all its rules.
func (c *Collector) accessPolicies(ctx context.Context, sink *collectors.Sink, r *collectors.Recorder) error {
	engine, err := c.engine(ctx, sink)
	if err != nil {
		return err
	}
	if engine == classicEngine {
		return onClassic("the sign-on rules of an app have no API")
	}
	apps, err := c.knownApps(ctx, sink, r)
	if err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, app := range apps {
		if id := lastSegment(app.Links.AccessPolicy.Href); id != "" {
			wanted[id] = true
			continue
		}
		r.Gap(&collectors.Error{Code: collectors.CodeBadAnswer, Problem: "an app instance names no authentication policy"})
	}
	policies, rules := []snapshot.Object{}, map[string][]snapshot.Object{}
	for _, id := range sortedKeys(wanted) {
		policy, list, err := c.policy(ctx, r, id)
		if err != nil {
			return setPolicies(r, resourceAccess, pathAccessRules, policies, rules, err)
		}
		policies, rules[id] = append(policies, policy), list
	}
	return setPolicies(r, resourceAccess, pathAccessRules, policies, rules, nil)
}

func (c *Collector) policy(ctx context.Context, r *collectors.Recorder, id string) (snapshot.Object, []snapshot.Object, error) {
	path := "/api/v1/policies/" + url.PathEscape(id)
	policy, err := c.client.one(ctx, path)
	if err != nil {
		return nil, nil, err
	}
	rules, err := c.client.list(ctx, r, path+"/rules", nil)
	return policy, rules, err
}

// setPolicies sets policies and rules together: a policy whose rules are missing
// must not look like one without rules.
func setPolicies(r *collectors.Recorder, place, rulesPlace string, policies []snapshot.Object, rules map[string][]snapshot.Object, err error) error {
	if err != nil && len(policies) == 0 {
		return err
	}
	if setErr := r.Set(place, policies); setErr != nil {
		return setErr
	}
	if setErr := r.Set(rulesPlace, rules); setErr != nil {
		return setErr
	}
	return err
}

// signOnPolicies reads the global session policies with their rules.
func (c *Collector) signOnPolicies(ctx context.Context, _ *collectors.Sink, r *collectors.Recorder) error {
	listed, err := c.client.list(ctx, r, "/api/v1/policies", url.Values{"type": {"OKTA_SIGN_ON"}})
	if err != nil {
		return err
	}
	policies, rules := []snapshot.Object{}, map[string][]snapshot.Object{}
	for _, policy := range listed {
		id, err := idOf(policy)
		if err != nil {
			return err
		}
		list, err := c.client.list(ctx, r, "/api/v1/policies/"+url.PathEscape(id)+"/rules", nil)
		if err != nil {
			return setPolicies(r, resourceSignOn, pathSignOnRules, policies, rules, err)
		}
		policies, rules[id] = append(policies, policy), list
	}
	return setPolicies(r, resourceSignOn, pathSignOnRules, policies, rules, nil)
}

// groups reads the groups that rules and policies name, and their members. The
// group of everybody is listed like any other: that it holds everybody is for
// the list to show.
func (c *Collector) groups(ctx context.Context, sink *collectors.Sink, r *collectors.Recorder) error {
	ids, err := c.namedGroups(ctx, sink, r)
	if err != nil {
		return err
	}
	groups, counts := []snapshot.Object{}, map[string]int{}
	var failed error
	for _, id := range ids {
		var group snapshot.Object
		if group, failed = c.group(ctx, r, id, counts); failed != nil {
			break
		}
		if group != nil {
			groups = append(groups, group)
		}
	}
	if failed != nil && len(groups) == 0 {
		return failed
	}
	if err := r.Set(resourceGroups, groups); err != nil {
		return err
	}
	if err := r.Set(pathMemberCounts, counts); err != nil {
		return err
	}
	return failed
}

// group reads one group and its members into counts and rows; nil is a group that
// was deleted and is still named.
func (c *Collector) group(ctx context.Context, r *collectors.Recorder, id string, counts map[string]int) (snapshot.Object, error) {
	path := "/api/v1/groups/" + url.PathEscape(id)
	group, err := c.client.one(ctx, path)
	if err != nil && transport.AsError(err).Status == http.StatusNotFound {
		r.Count("deleted_groups", 1)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	n := 0
	err = c.client.all(ctx, path+"/users", url.Values{"limit": {"200"}}, func(page []snapshot.Object) error {
		r.Page(len(page))
		n += len(page)
		for _, object := range page {
			member, err := idOf(object)
			if err != nil {
				return err
			}
			r.Add(&collectors.Membership{Kind: collectors.OktaGroup, Group: id, Member: member})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	counts[id] = n
	return group, nil
}

// namedGroups are the ids of the groups that rules and session policies name,
// sorted.
func (c *Collector) namedGroups(ctx context.Context, sink *collectors.Sink, r *collectors.Recorder) ([]string, error) {
	named := map[string]bool{}
	for _, id := range c.config.Groups {
		named[id] = true
	}
	add := func(i included) {
		for _, id := range i.ids() {
			named[id] = true
		}
	}
	for _, source := range []struct{ resource, rules string }{{resourceAccess, pathAccessRules}, {resourceSignOn, pathSignOnRules}} {
		outcome, err := sink.Await(ctx, source.resource)
		if err != nil {
			return nil, err
		}
		if !outcome.Complete() && outcome.Line.Code != collectors.CodeNotApplicable {
			r.Gap(outcome.Missing())
		}
		rules := map[string][]conditional{}
		if _, err := outcome.Decode(source.rules, &rules); err != nil {
			return nil, err
		}
		var policies []conditional
		if _, err := outcome.Decode(source.resource, &policies); err != nil {
			return nil, err
		}
		for _, list := range rules {
			policies = append(policies, list...)
		}
		for _, rule := range policies {
			if rule.Conditions != nil {
				add(rule.Conditions.People.Groups)
			}
		}
	}
	return sortedKeys(named), nil
}
