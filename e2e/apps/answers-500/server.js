const { createServer } = require('node:http')

createServer((_request, response) => {
  response.statusCode = 500
  response.end('broken\n')
}).listen(process.env.PORT, '0.0.0.0')
process.on('SIGTERM', () => process.exit(0))
