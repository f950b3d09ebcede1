package main

import (
	"bufio"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/seed-07732396/postern/reports/sarif"
)

// source says where the snapshot at path stands in version control, for SARIF:
// what the git work tree around it says, or the build system where that speaks of
// the same revision. stated says that the snapshot's path in reports was given
// and need not be that of this work tree; then only the build system counts.
//
// It is a courtesy to the reader of a report: what cannot be read is left out.
func (a *app) source(path string, stated bool) sarif.Source {
	build := buildSource(a.getenv)
	if stated {
		return build
	}
	root, ok := workTree(path)
	if !ok {
		return sarif.Source{}
	}
	local := gitSource(root)
	if build.Repository != "" && (local.Revision == "" || local.Revision == build.Revision) {
		return build
	}
	return local
}

// buildSource is what the build system says of the repository it works on.
func buildSource(getenv func(string) string) sarif.Source {
	var repository, revision, branch string
	switch {
	case getenv("GITHUB_ACTIONS") != "":
		repository = strings.TrimRight(getenv("GITHUB_SERVER_URL"), "/") + "/" + getenv("GITHUB_REPOSITORY")
		revision, branch = getenv("GITHUB_SHA"), headBranch(getenv("GITHUB_REF"))
	case getenv("GITLAB_CI") != "":
		repository = getenv("CI_PROJECT_URL")
		revision, branch = getenv("CI_COMMIT_SHA"), getenv("CI_COMMIT_BRANCH")
	case getenv("TF_BUILD") != "":
		repository = getenv("BUILD_REPOSITORY_URI")
		revision, branch = getenv("BUILD_SOURCEVERSION"), headBranch(getenv("BUILD_SOURCEBRANCH"))
	}
	return cleanSource(repository, revision, branch)
}

// cleanSource keeps of a source what can be shown. Without a repository there is
// nothing to say.
func cleanSource(repository, revision, branch string) sarif.Source {
	address := webAddress(repository)
	if address == "" {
		return sarif.Source{}
	}
	if !objectID.MatchString(revision) {
		revision = ""
	}
	return sarif.Source{Repository: address, Revision: revision, Branch: printable(branch)}
}

var objectID = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// headBranch is the branch of a full ref name, "" of a tag or a pull request.
func headBranch(ref string) string {
	branch, ok := strings.CutPrefix(ref, "refs/heads/")
	if !ok {
		return ""
	}
	return branch
}

var (
	// A name without a dot before the colon is a drive, a scheme, or an alias that
	// only one machine knows.
	scpLike   = regexp.MustCompile(`^(?:[^@/:]+@)?([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+):([^:]+)$`)
	plainHost = regexp.MustCompile(`^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$`)
)

// webAddress makes the address of a git remote one that a browser can open, and
// that holds no user, no password and no token. It is empty for a remote without
// one, such as a folder.
func webAddress(remote string) string {
	if !strings.Contains(remote, "://") {
		match := scpLike.FindStringSubmatch(remote)
		if match == nil {
			return ""
		}
		remote = "ssh://" + match[1] + "/" + strings.TrimPrefix(match[2], "/")
	}
	u, err := url.Parse(remote)
	if err != nil || u.Opaque != "" || !plainHost.MatchString(u.Hostname()) || strings.Trim(u.Path, "/") == "" {
		return ""
	}
	clean := url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host), Path: strings.TrimSuffix(strings.TrimRight(u.Path, "/"), ".git")}
	switch u.Scheme {
	case "https", "http":
	case "ssh", "git", "git+ssh":
		// The port is that of another protocol.
		clean.Scheme, clean.Host = "https", strings.ToLower(u.Hostname())
		clean.Path = azureDevOpsPath(&clean)
	default:
		return ""
	}
	return clean.String()
}

// azureDevOpsPath turns Azure DevOps' ssh paths, v3/organization/project/name,
// into the web's; other paths are the same in both.
func azureDevOpsPath(u *url.URL) string {
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if u.Host != "ssh.dev.azure.com" || len(parts) != 4 || parts[0] != "v3" {
		return u.Path
	}
	u.Host = "dev.azure.com"
	return "/" + parts[1] + "/" + parts[2] + "/_git/" + parts[3]
}

// gitSource reads the state of the work tree at root from git's own files. git
// itself is not asked: it may be missing, and a work tree's configuration can
// make it run programs.
func gitSource(root string) sarif.Source {
	folder := gitFolder(filepath.Join(root, ".git"))
	if folder == "" {
		return sarif.Source{}
	}
	// A linked work tree has a HEAD of its own and shares the rest.
	common := folder
	if shared := firstLine(filepath.Join(folder, "commondir")); shared != "" {
		common = resolve(folder, shared)
	}
	head := firstLine(filepath.Join(folder, "HEAD"))
	ref, symbolic := strings.CutPrefix(head, "ref: ")
	if !symbolic {
		return cleanSource(remote(filepath.Join(common, "config")), head, "")
	}
	ref = strings.TrimSpace(ref)
	return cleanSource(remote(filepath.Join(common, "config")), revision(common, ref), headBranch(ref))
}

// gitFolder is the folder that .git is, or names in a linked work tree.
func gitFolder(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	if info.IsDir() {
		return path
	}
	target, ok := strings.CutPrefix(firstLine(path), "gitdir: ")
	if !ok {
		return ""
	}
	return resolve(filepath.Dir(path), target)
}

func resolve(base, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(base, path)
}

// revision looks a ref up, in a file of its own or among the packed ones.
func revision(folder, ref string) string {
	if !strings.HasPrefix(ref, "refs/") || !filepath.IsLocal(filepath.FromSlash(ref)) {
		return ""
	}
	if id := firstLine(filepath.Join(folder, filepath.FromSlash(ref))); id != "" {
		return id
	}
	found := ""
	eachLine(filepath.Join(folder, "packed-refs"), func(line string) bool {
		id, name, ok := strings.Cut(line, " ")
		if ok && name == ref {
			found = id
		}
		return found == ""
	})
	return found
}

var (
	section = regexp.MustCompile(`^\s*\[\s*([A-Za-z0-9.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]\s*$`)
	setting = regexp.MustCompile(`^\s*(?i:url)\s*=\s*"?([^"#;]*?)"?\s*(?:[#;].*)?$`)
)

// remote is the address of origin in a git configuration, or of its only remote.
// Files that it includes are not followed.
func remote(path string) string {
	name, inside := "", false
	addresses := map[string]string{}
	eachLine(path, func(line string) bool {
		if match := section.FindStringSubmatch(line); match != nil {
			name, inside = match[2], strings.EqualFold(match[1], "remote")
			return true
		}
		match := setting.FindStringSubmatch(line)
		if inside && match != nil && addresses[name] == "" {
			addresses[name] = match[1]
		}
		return true
	})
	if len(addresses) == 1 {
		for _, only := range addresses {
			return only
		}
	}
	return addresses["origin"]
}

func firstLine(path string) string {
	first := ""
	eachLine(path, func(line string) bool {
		first = strings.TrimSpace(line)
		return false
	})
	return first
}

// eachLine calls visit for the lines of a regular file until it says stop. A file
// that is not there, too long or no file at all has none: a pipe would hang.
func eachLine(path string, visit func(line string) bool) {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return
	}
	file, err := os.Open(path)
	if err != nil {
		return
	}
	defer file.Close()
	lines := bufio.NewScanner(io.LimitReader(file, 64<<20))
	for lines.Scan() {
		if !visit(lines.Text()) {
			return
		}
	}
}
