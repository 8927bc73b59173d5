const { createServer } = require('node:http')

createServer((request, response) => response.end(`on 8080 ${request.url}\n`)).listen(8080, '0.0.0.0')
process.on('SIGTERM', () => process.exit(0))
