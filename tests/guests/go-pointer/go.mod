module quoin.test/go-pointer

go 1.24
