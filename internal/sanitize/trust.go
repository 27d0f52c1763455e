package sanitize

import "html/template"

// Trust vouches for HTML that a template is to show as it stands. It cleans once more,
// so that nothing that reached the store some other way can get past.
func Trust(clean string) template.HTML {
	return template.HTML(HTML(clean, "")) //nolint:gosec // what this package is for
}
