module quoin.internal/plugin

go 1.24
