module quoin.internal/{{name}}

go 1.24
