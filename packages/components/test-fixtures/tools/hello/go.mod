module fairlead.dev/fixtures/hello

go 1.26.0
