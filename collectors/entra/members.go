package entra

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/internal/transport"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// directoryObject is a member of a group, or whoever holds a role.
type directoryObject struct {
	Type string `json:"@odata.type"`
	ID   string `json:"id"`
}

// The kinds of directory objects that count.
const (
	userType  = "#microsoft.graph.user"
	groupType = "#microsoft.graph.group"
)

// groupMembers reads the groups that policies name, and all their users. Conditional
// Access takes those of groups in groups too, staged rollout only those in the group
// itself.
//
// https://learn.microsoft.com/graph/api/resources/featurerolloutpolicy
func (c *Collector) groupMembers(ctx context.Context, sink *collectors.Sink) {
	sink.Do(ctx, groupMembers, func(ctx context.Context, r *collectors.Recorder) error {
		named, err := namedGroups(ctx, sink, r)
		if err != nil {
			return err
		}
		groups, counts := []snapshot.Object{}, make(map[string]int)
		for _, id := range named {
			group, n, failed := c.group(ctx, r, id.id, id.members)
			if group != nil {
				groups = append(groups, group)
			}
			if failed == nil && group != nil {
				counts[id.id] = n
			}
			if failed != nil {
				err = hinted(failed, groupMembers)
				r.Gap(err)
			}
			if hopeless(failed) {
				break
			}
		}
		if err != nil && len(groups) == 0 {
			return nil // the gaps say it all; an empty list would say that there are none
		}
		return errors.Join(r.Set("entra.groups", groups), r.Set("entra.group_member_counts", counts))
	})
}

// hopeless tells whether an error about one object would meet all others as well.
func hopeless(err error) bool {
	switch collectors.CodeOf(err) {
	case transport.CodeCanceled, transport.CodeUnreachable, transport.CodeThrottled,
		transport.CodeLoginFailed, transport.CodeLoginRefused, collectors.CodeUnlicensed:
		return err != nil
	default:
		return false
	}
}

// namedGroups lists the groups that Conditional Access and staged rollout name.
// Without Conditional Access nobody knows which groups matter. Staged rollout
// cannot be read by most applications, and its own line says so: its groups are
// added when they are known.
func namedGroups(ctx context.Context, sink *collectors.Sink, r *collectors.Recorder) ([]namedGroup, error) {
	access, err := sink.Await(ctx, "entra.conditional_access_policies")
	if err != nil {
		return nil, err
	}
	var policies []struct {
		Conditions struct {
			Users struct {
				IncludeGroups []string `json:"includeGroups"`
				ExcludeGroups []string `json:"excludeGroups"`
			} `json:"users"`
		} `json:"conditions"`
	}
	found, err := access.Decode("entra.conditional_access_policies", &policies)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, access.Missing()
	}
	if !access.Complete() {
		r.Gap(access.Missing())
	}
	members := make(map[string]string)
	for _, p := range policies {
		for _, id := range slices.Concat(p.Conditions.Users.IncludeGroups, p.Conditions.Users.ExcludeGroups) {
			members[id] = transitive
		}
	}
	rollout, err := sink.Await(ctx, "entra.feature_rollout_policies")
	if err != nil {
		return nil, err
	}
	var rollouts []struct {
		AppliesTo []directoryObject `json:"appliesTo"`
	}
	if _, err := rollout.Decode("entra.feature_rollout_policies", &rollouts); err != nil {
		return nil, err
	}
	for _, p := range rollouts {
		for _, group := range p.AppliesTo {
			if members[group.ID] == "" {
				members[group.ID] = direct
			}
		}
	}
	var named []namedGroup
	for _, id := range slices.Sorted(maps.Keys(members)) {
		named = append(named, namedGroup{id, members[id]})
	}
	return named, nil
}

// namedGroup is a group that policies name, and which of its members they take.
type namedGroup struct{ id, members string }

// The lists of members that Graph has of a group.
const (
	transitive = "transitiveMembers"
	direct     = "members"
)

// group reads one group and its users, from one of its lists of members. A group that was deleted is nil: policies
// go on naming it, and it has no members.
func (c *Collector) group(ctx context.Context, r *collectors.Recorder, id, list string) (snapshot.Object, int, error) {
	address, err := c.api.address(v1, "/groups/"+url.PathEscape(id), "")
	if err != nil {
		return nil, 0, err
	}
	body, err := c.api.get(ctx, address, "")
	if e, ok := errors.AsType[*transport.Error](err); ok && e.Code == transport.CodeNotFound {
		r.Count("deleted_groups", 1)
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	group, err := clean(r, body)
	if err != nil {
		return nil, 0, err
	}
	r.Items(1)
	members, err := c.usersOf(ctx, r, id, list, collectors.EntraGroup, id)
	return group, members, err
}

// usersOf adds the users in a group, by one of its lists of members, as members of the
// given groups or holders of the given roles, and counts them.
func (c *Collector) usersOf(ctx context.Context, r *collectors.Recorder, id, list string, kind collectors.MembershipKind, of ...string) (int, error) {
	n := 0
	l := listing{
		version: v1, path: "/groups/" + url.PathEscape(id) + "/" + list,
		query: escapeQuery("$select=id", "$top=999"), quiet: true,
	}
	err := c.api.each(ctx, r, l, func(items []snapshot.Object) error {
		var rows []collectors.Row
		for _, item := range items {
			var member directoryObject
			if err := decode(item, &member); err != nil {
				return err
			}
			if member.Type != userType {
				continue
			}
			n++
			for _, group := range of {
				rows = append(rows, &collectors.Membership{Kind: kind, Group: group, Member: member.ID})
			}
		}
		r.Add(rows...)
		return nil
	})
	return n, err
}

// assignment is one element of roleAssignments.
type assignment struct {
	RoleDefinitionID string           `json:"roleDefinitionId"`
	PrincipalID      string           `json:"principalId"`
	DirectoryScopeID string           `json:"directoryScopeId"`
	Principal        *directoryObject `json:"principal"`
}

// roleMembers reads the directory roles in use and who holds them, through a
// group or not. Assignments that reach only a part of the directory, and roles
// that somebody may activate but has not, give no rights over the tenant now.
func (c *Collector) roleMembers(ctx context.Context, sink *collectors.Sink) {
	sink.Do(ctx, roleMembers, func(ctx context.Context, r *collectors.Recorder) error {
		roles, err := c.objects(ctx, r, listing{version: v1, path: "/directoryRoles"})
		if err != nil {
			return hinted(err, roleMembers)
		}
		if err := r.Set("entra.directory_roles", roles); err != nil {
			return err
		}
		groups, err := c.assignments(ctx, r)
		if err != nil {
			return hinted(err, roleMembers)
		}
		for _, id := range slices.Sorted(maps.Keys(groups)) {
			_, err := c.usersOf(ctx, r, id, transitive, collectors.EntraRole, groups[id]...)
			if err != nil {
				r.Gap(hinted(err, groupMembers)) // a group's members, with that permission
			}
			if hopeless(err) {
				break
			}
		}
		return nil
	})
}

// assignments adds a row for each user with a role, and returns the roles of the
// groups that have some.
func (c *Collector) assignments(ctx context.Context, r *collectors.Recorder) (map[string][]string, error) {
	groups := make(map[string][]string)
	l := listing{version: v1, path: "/roleManagement/directory/roleAssignments", query: escapeQuery("$expand=principal"), quiet: true}
	err := c.api.each(ctx, r, l, func(items []snapshot.Object) error {
		for _, item := range items {
			var a assignment
			if err := decode(item, &a); err != nil {
				return err
			}
			switch {
			case a.DirectoryScopeID != "/":
				r.Count("scoped_assignments", 1)
			case a.Principal == nil:
				r.Count("assignments_to_nobody", 1)
			case a.Principal.Type == userType:
				r.Add(&collectors.Membership{Kind: collectors.EntraRole, Group: a.RoleDefinitionID, Member: a.PrincipalID})
			case a.Principal.Type == groupType:
				groups[a.PrincipalID] = append(groups[a.PrincipalID], a.RoleDefinitionID)
			default:
				r.Count("assignments_to_applications", 1)
			}
		}
		return nil
	})
	return groups, err
}
