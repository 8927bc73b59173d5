import { createServer } from 'node:http'

createServer((_request, response) => {
  response.setHeader('Content-Type', 'text/plain; charset=utf-8')
  response.end('The arena is on TCP and UDP: nc <this server> 4000, then "join <name>".\n')
}).listen(Number(process.env.PORT ?? 3000))
