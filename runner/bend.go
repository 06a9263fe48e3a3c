package main

import "ontap-conformance/fixtures/simulator"

// bend makes the middleware that bends the simulator as a mutant and a
// liberty do, by their names; an empty name bends nothing.
var bend = func(mutant, liberty string) ([]simulator.Middleware, error) {
	switch {
	case mutant != "":
		return nil, misused("--mutant is not built in yet")
	case liberty != "":
		return nil, misused("--liberty is not built in yet")
	}
	return nil, nil
}
