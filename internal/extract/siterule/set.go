package siterule

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

const (
	// maxFiles is how many files of a folder are read: ten times as many as the community has.
	maxFiles = 20_000
	// maxProblems is how many problems are kept, beyond which they are only counted.
	maxProblems = 1000
	// global is the name of the file that holds for all sites.
	global = "global"
)

var (
	// about is what stands in a folder of rules and is none.
	about = regexp.MustCompile(`^(license|copying|readme|contributing|changelog|index)(\..*)?$`)
	// site is a name that a file may have: of a host, or of those below it.
	site = regexp.MustCompile(`^\.?[\pL\pN-]+(\.[\pL\pN-]+)*$`)
)

// A Set is the rules of many sites.
type Set struct {
	rules map[string]*Rule // by host, a point before it where it means those below
	// Problems are what could not be read, by file and line, the first of them.
	Problems []Problem
	Wrong    int            // how many problems there are
	Ignored  map[string]int // how many files have directives that are not followed, by directive
}

// Load reads the rules in a folder: all files whose names end with .txt.
func Load(folder fs.FS) (*Set, error) {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			err = e.Err // its path is that within the folder
		}
		return nil, fmt.Errorf("read the folder of site rules: %w", err)
	}
	s := &Set{rules: map[string]*Rule{}, Ignored: map[string]int{}}
	for _, e := range entries {
		name := strings.ToLower(e.Name())
		host, ok := strings.CutSuffix(name, ".txt")
		switch {
		case about.MatchString(name), strings.HasPrefix(name, ".git"):
			continue
		case e.IsDir():
			s.problem(Problem{File: e.Name(), Line: 1, What: "what is in folders of the folder is not read"})
			continue
		case !ok:
			s.problem(Problem{File: e.Name(), Line: 1, What: "its name does not end with .txt, so it is not read"})
			continue
		case !site.MatchString(host) && host != global:
			s.problem(Problem{File: e.Name(), Line: 1, What: "its name is none of a site, such as harbour-times.example.txt"})
			continue
		}
		if len(s.rules) == maxFiles {
			s.problem(Problem{File: e.Name(), Line: 1, What: fmt.Sprintf("the folder has more than %d rules; this and what follows is not read", maxFiles)})
			break
		}
		text, err := read(folder, e.Name())
		if err != nil {
			return nil, fmt.Errorf("read the site rule %s: %w", e.Name(), err)
		}
		s.add(host, e.Name(), text)
	}
	slices.SortStableFunc(s.Problems, func(a, b Problem) int { return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line) })
	return s, nil
}

// read reads a file, as much as is parsed of it and a byte more, so that this is told.
func read(folder fs.FS, name string) (text string, err error) {
	f, err := folder.Open(path.Clean(name))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	return string(b), err
}

func (s *Set) problem(p Problem) {
	if s.Wrong++; len(s.Problems) < maxProblems {
		s.Problems = append(s.Problems, p)
	}
}

func (s *Set) add(host, file, text string) {
	r, problems := Parse(file, text)
	for _, p := range problems {
		s.problem(p)
	}
	host = strings.TrimPrefix(host, "www.")
	if other := s.rules[host]; other != nil {
		s.problem(Problem{File: file, Line: 1, What: "is for the same site as " + other.File + ", which is not followed any more"})
	}
	for name := range r.ignored {
		s.Ignored[name]++
	}
	s.rules[host] = r
}

// Len is how many rules there are.
func (s *Set) Len() int {
	if s == nil {
		return 0
	}
	return len(s.rules)
}

// Hosts are the sites for which there are rules, sorted; .example.org means all below it.
func (s *Set) Hosts() []string { return slices.Sorted(maps.Keys(s.rules)) }

// For returns the rule for the pages of a host, nil if there is none. Of several sets the first
// that has one for the site counts, and what any has for all sites.
func For(host string, sets ...*Set) *Rule {
	host, _, _ = strings.Cut(host, ":") // the port
	host = strings.TrimPrefix(strings.TrimSuffix(strings.ToLower(host), "."), "www.")
	var found, everywhere *Rule
	for _, s := range sets {
		if s.Len() == 0 || host == "" || host == global {
			continue
		}
		if found == nil {
			found = s.site(host)
		}
		if all := s.rules[global]; everywhere == nil {
			everywhere = all
		} else {
			everywhere = everywhere.with(all)
		}
	}
	if found == nil {
		return everywhere
	}
	return found.with(everywhere)
}

// site returns the rule that is for a host, or for those to which it belongs.
func (s *Set) site(host string) *Rule {
	if r := s.rules[host]; r != nil {
		return r
	}
	for {
		_, above, ok := strings.Cut(host, ".")
		if !ok {
			return nil
		}
		if r := s.rules["."+above]; r != nil {
			return r
		}
		host = above
	}
}
