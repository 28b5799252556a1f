module fairlead.dev/fixtures/broken

go 1.26.0
