package cluster

import (
	"bufio"
	_ "embed" // the model
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A Model is the weights by which it is decided whether a document belongs to a story, and
// whether two stories are one. It is learned by internal/cluster/train from labelled
// collections; see Model.WriteTo for how it is written.
type Model struct {
	Version string
	Join    Linear
	// Alone is the probability from which on a document joins a story that is a single report.
	// Most of what comes stands alone, in a hub more than in any collection that weights are learned from.
	Alone float64
	Merge Linear
	Large Linear // in place of Merge, where the larger of two stories is large
}

// A Linear is a logistic model: the probability that the answer is yes is
// 1/(1+exp(-x)), where x is Bias and what each feature adds, its value times its weight.
type Linear struct {
	Least   float64 // the probability from which on the answer is yes
	Bias    float64
	Weights []float64 // by feature
}

// logit is the logarithm of the odds.
func (l *Linear) logit(x []float64) float64 {
	sum := l.Bias
	for i, w := range l.Weights {
		sum += w * x[i]
	}
	return sum
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

//go:embed data/model.txt
var modelText string

// DefaultModel is the model that is shipped.
var DefaultModel = sync.OnceValue(func() *Model {
	m, err := ParseModel(modelText)
	if err != nil {
		panic("cluster: data/model.txt: " + err.Error()) // unreachable: a test reads it
	}
	return m
})

// ParseModel reads what WriteTo wrote.
func ParseModel(text string) (*Model, error) {
	m := &Model{}
	for _, p := range m.parts() {
		p.linear.Weights = make([]float64, len(p.features))
	}
	var at *section // that is being read
	seen := map[string]bool{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) == 1 {
			parts := m.parts()
			i := slices.IndexFunc(parts, func(p section) bool { return p.name == words[0] })
			if i < 0 {
				return nil, fmt.Errorf("line %d: %q is none of the parts join, merge and large", n, words[0])
			}
			if seen[words[0]] {
				return nil, fmt.Errorf("line %d: the part %q was there before", n, words[0])
			}
			at, seen[words[0]] = &parts[i], true
			continue
		}
		if words[0] == "version" && at == nil && len(words) == 2 {
			m.Version = words[1]
			continue
		}
		if at == nil || len(words) != 2 {
			return nil, fmt.Errorf("line %d: not a name and a weight", n)
		}
		v, err := strconv.ParseFloat(words[1], 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("line %d: %q is no weight", n, words[1])
		}
		to := at.number(words[0])
		if to == nil {
			return nil, fmt.Errorf("line %d: no feature is named %q", n, words[0])
		}
		*to = v
	}
	if m.Version == "" {
		return nil, errors.New(`no "version" before the parts`)
	}
	for _, p := range m.parts() {
		if !seen[p.name] {
			return nil, fmt.Errorf("no part is named %q", p.name)
		}
		for _, name := range slices.Sorted(maps.Keys(p.leasts)) {
			if to := p.leasts[name]; *to <= 0 || *to >= 1 {
				return nil, fmt.Errorf(`%q of part %q is no probability between 0 and 1`, name, p.name)
			}
		}
	}
	return m, nil
}

// A section is a Linear with its name and what its weights are of.
type section struct {
	name     string
	linear   *Linear
	features []Feature
	leasts   map[string]*float64 // probabilities from which on the answer is yes
}

func (m *Model) parts() []section {
	least := func(l *Linear) map[string]*float64 { return map[string]*float64{"least": &l.Least} }
	join := least(&m.Join)
	join["alone"] = &m.Alone
	return []section{
		{"join", &m.Join, JoinFeatures, join},
		{"merge", &m.Merge, MergeFeatures, least(&m.Merge)},
		{"large", &m.Large, LargeFeatures, least(&m.Large)},
	}
}

// number returns where the number with that name stands in p; nil where there is none.
func (p *section) number(name string) *float64 {
	if name == "bias" {
		return &p.linear.Bias
	}
	if to := p.leasts[name]; to != nil {
		return to
	}
	for i, f := range p.features {
		if f.Name == name {
			return &p.linear.Weights[i]
		}
	}
	return nil
}

// WriteTo writes m as text: "#" begins a comment; the version; then the parts "join",
// "merge" and "large", each with its least probability ("join" with two), its bias, and a line "NAME WEIGHT # MEANING"
// for each feature.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	out := bufio.NewWriter(w)
	n, err := fmt.Fprintf(out, "version %s\n", m.Version)
	total := int64(n)
	line := func(format string, args ...any) {
		if err == nil {
			n, err = fmt.Fprintf(out, format, args...)
			total += int64(n)
		}
	}
	for _, p := range m.parts() {
		line("\n%s\n", p.name)
		line("%-12s %9.3f # the probability from which on the answer is yes\n", "least", p.linear.Least)
		if alone := p.leasts["alone"]; alone != nil {
			line("%-12s %9.3f # the same where the story is a single report\n", "alone", *alone)
		}
		line("%-12s %9.3f\n", "bias", p.linear.Bias)
		for i, f := range p.features {
			line("%-12s %9.3f # %s\n", f.Name, p.linear.Weights[i], f.Means)
		}
	}
	if err == nil {
		err = out.Flush()
	}
	return total, err
}
