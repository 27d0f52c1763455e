package main

import (
	"math"
	"slices"

	"parallax/internal/cluster"
)

// A row is something that was measured, with the answer.
type row struct {
	x      []float64
	answer float64 // 1 for yes, 0 for no; between them where a story holds two events
	weight float64
}

const (
	// penalty keeps weights small that little speaks for, in the units of a feature's
	// standard deviation.
	penalty = 1e-4
	// maxSteps is more than Newton's method needs here, some ten.
	maxSteps = 30
	precise  = 1e-6
)

// fit learns the weights of features by logistic regression: Newton's method on features of
// mean 0 and deviation 1, with an L2 penalty. Those that are set by hand count as they are.
func fit(rows []row, features []cluster.Feature, byHand map[string]float64) cluster.Linear {
	n := len(features)
	fixed := make([]float64, n)
	for j, f := range features {
		fixed[j] = byHand[f.Name]
	}
	mean, dev := moments(rows, n)
	for j := range n {
		if fixed[j] != 0 {
			mean[j], dev[j] = 0, 1
		}
	}
	var total float64
	for _, r := range rows {
		total += r.weight
	}
	w := make([]float64, n+1) // the last is the bias
	z := make([]float64, n+1)
	z[n] = 1
	for range maxSteps {
		h := make([][]float64, n+1) // the Hessian, and in the last column the gradient
		for i := range h {
			h[i] = make([]float64, n+2)
		}
		for _, r := range rows {
			sum := w[n]
			for j := range n {
				if fixed[j] != 0 {
					sum += fixed[j] * r.x[j]
					continue // and z stays 0
				}
				z[j] = (r.x[j] - mean[j]) / dev[j]
				sum += w[j] * z[j]
			}
			p := 1 / (1 + math.Exp(-sum))
			v, g := r.weight*max(p*(1-p), 1e-9), r.weight*(r.answer-p)
			for i := range z {
				vz := v * z[i]
				for j := 0; j <= i; j++ {
					h[i][j] += vz * z[j]
				}
				h[i][n+1] += g * z[i]
			}
		}
		for i := range h {
			for j := range i {
				h[j][i] = h[i][j]
			}
			if i < n {
				h[i][i] += penalty * total
				h[i][n+1] -= penalty * total * w[i]
			}
		}
		most := 0.0
		for i, step := range solve(h) {
			w[i] += step
			most = max(most, math.Abs(step))
		}
		if most < precise {
			break
		}
	}
	l := cluster.Linear{Bias: w[n], Weights: make([]float64, n)}
	for j := range n {
		if fixed[j] != 0 {
			l.Weights[j] = fixed[j]
			continue
		}
		l.Weights[j] = w[j] / dev[j]
		l.Bias -= w[j] * mean[j] / dev[j]
	}
	return l
}

// moments returns mean and standard deviation of each feature; 1 for one that never changes.
func moments(rows []row, n int) (mean, dev []float64) {
	mean, dev = make([]float64, n), make([]float64, n)
	total := 0.0
	for _, r := range rows {
		total += r.weight
		for j := range n {
			mean[j] += r.weight * r.x[j]
		}
	}
	for j := range n {
		mean[j] /= total
	}
	for _, r := range rows {
		for j := range n {
			d := r.x[j] - mean[j]
			dev[j] += r.weight * d * d
		}
	}
	for j := range n {
		if dev[j] = math.Sqrt(dev[j] / total); dev[j] < 1e-9 {
			dev[j] = 1
		}
	}
	return mean, dev
}

// solve returns x of h·x = the last column of h, by Gauss-Jordan elimination; h is used up.
func solve(h [][]float64) []float64 {
	n := len(h)
	for i := range n {
		pivot := i
		for r := i + 1; r < n; r++ {
			if math.Abs(h[r][i]) > math.Abs(h[pivot][i]) {
				pivot = r
			}
		}
		h[i], h[pivot] = h[pivot], h[i]
		for r := range n {
			if r == i {
				continue
			}
			f := h[r][i] / h[i][i]
			for j := i; j <= n; j++ {
				h[r][j] -= f * h[i][j]
			}
		}
	}
	x := make([]float64, n)
	for i := range n {
		x[i] = h[i][n] / h[i][i]
	}
	return x
}

// level returns rows whose weights add up to total.
func level(rows []row, total float64) []row {
	sum := 0.0
	for _, r := range rows {
		sum += r.weight
	}
	list := slices.Clone(rows)
	for i := range list {
		list[i].weight *= total / sum
	}
	return list
}
