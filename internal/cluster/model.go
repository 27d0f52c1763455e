package cluster

import (
	"bufio"
	_ "embed" // the model
	"fmt"
	"io"
	"math"
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
	Merge   Linear
	Large   Linear // in place of Merge, where the larger of two stories is large
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
	m := &Model{
		Join:  Linear{Weights: make([]float64, len(JoinFeatures))},
		Merge: Linear{Weights: make([]float64, len(MergeFeatures))},
		Large: Linear{Weights: make([]float64, len(LargeFeatures))},
	}
	var part *Linear
	var features []Feature
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
			switch words[0] {
			case "join":
				part, features = &m.Join, JoinFeatures
			case "merge":
				part, features = &m.Merge, MergeFeatures
			case "large":
				part, features = &m.Large, LargeFeatures
			default:
				return nil, fmt.Errorf("line %d: no part is named %q", n, words[0])
			}
			seen[words[0]] = true
			continue
		}
		if words[0] == "version" && part == nil && len(words) == 2 {
			m.Version = words[1]
			continue
		}
		if part == nil || len(words) != 2 {
			return nil, fmt.Errorf("line %d: not a name and a weight", n)
		}
		v, err := strconv.ParseFloat(words[1], 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("line %d: %q is no weight", n, words[1])
		}
		to := part.at(words[0], features)
		if to == nil {
			return nil, fmt.Errorf("line %d: no feature is named %q", n, words[0])
		}
		*to = v
	}
	if m.Version == "" || !seen["join"] || !seen["merge"] || !seen["large"] {
		return nil, fmt.Errorf("no version, or not all of join, merge and large")
	}
	return m, nil
}

func (l *Linear) at(name string, features []Feature) *float64 {
	switch name {
	case "least":
		return &l.Least
	case "bias":
		return &l.Bias
	}
	for i, f := range features {
		if f.Name == name {
			return &l.Weights[i]
		}
	}
	return nil
}

// WriteTo writes m as text: "#" begins a comment; the version; then the parts "join",
// "merge" and "large", each with its least probability, its bias, and a line "NAME WEIGHT # MEANING"
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
	for _, p := range []struct {
		name     string
		linear   *Linear
		features []Feature
	}{{"join", &m.Join, JoinFeatures}, {"merge", &m.Merge, MergeFeatures}, {"large", &m.Large, LargeFeatures}} {
		line("\n%s\n", p.name)
		line("%-12s %9.3f # the probability from which on the answer is yes\n", "least", p.linear.Least)
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
