const { createServer } = require('node:http')

createServer((_request, response) => response.end('only for me\n')).listen(process.env.PORT, '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
