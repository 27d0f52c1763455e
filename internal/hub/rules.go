package hub

import (
	"fmt"
	"os"
	"path/filepath"

	"parallax/internal/extract/siterule"
)

// RulesDir returns the folder of site rules, resolved against the place of hub.toml; "" if there
// is none.
func (c *Config) RulesDir() string {
	if c.Fetch.Rules == "" || filepath.IsAbs(c.Fetch.Rules) {
		return c.Fetch.Rules
	}
	return filepath.Join(filepath.Dir(c.file), c.Fetch.Rules)
}

// SiteRules reads the rules that the operator has for sites, nil if there are none. What cannot
// be read of them, they tell.
func (c *Config) SiteRules() (*siterule.Set, error) {
	dir := c.RulesDir()
	if dir == "" {
		return nil, nil //nolint:nilnil // no rules are none
	}
	s, err := siterule.Load(os.DirFS(dir))
	if err != nil {
		return nil, c.errAt(c.lineOf("fetch", 0, "rules"), fmt.Sprintf("rules = %q: %v", c.Fetch.Rules, err),
			"the folder, relative to hub.toml, that holds files such as harbour-times.example.txt (docs/site-rules.md)")
	}
	return s, nil
}

// warn tells once what of the rules could not be read.
func (h *Hub) warn(s *siterule.Set) {
	if s == nil {
		return
	}
	h.log.Debug("site rules", "sites", s.Len())
	if s.Wrong > 0 {
		h.log.Warn("lines of site rules could not be read, parallax doctor lists them", "lines", s.Wrong, "first", s.Problems[0].String())
	}
}
