module quoin.internal/go-module

go 1.24

require quoin.internal/plugin v0.0.0

replace quoin.internal/plugin => ../../../plugins/go
