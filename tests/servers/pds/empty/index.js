// Stands in for what the server imports and never calls when it is run for tests.
module.exports = {}
