import { createServer } from 'node:http'
import { greeting } from '@workspace/greeting'

const server = createServer((_request, response) => response.end(greeting))
server.listen(process.env.PORT, '0.0.0.0')
process.on('SIGTERM', () => server.close(() => process.exit(0)))
