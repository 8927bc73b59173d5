import { basename } from 'node:path'

/** What every contestant stands on. */
export interface Yard {
  directory: string
  /** Its port. */
  upstream: number
  upstreamPid: number
  certFile: string
  keyFile: string
}

/** One process each, kept connections to the upstream, forwarding fields set, no log: what is usual for each. */
export const configsOf = ({ directory, upstream, certFile, keyFile }: Yard) => ({
  nginx: (port: number, tlsPort: number): string => `
worker_processes 1; pid ${directory}/nginx.pid; error_log ${directory}/nginx.log; daemon off;
worker_rlimit_nofile 19000;
events { worker_connections 18000; }
http {
  access_log off;
  client_body_temp_path ${directory}/body; proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/f; uwsgi_temp_path ${directory}/u; scgi_temp_path ${directory}/s;
  keepalive_requests 1000000;
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  upstream app { server 127.0.0.1:${upstream}; keepalive 128; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    listen 127.0.0.1:${tlsPort} ssl http2;
    ssl_certificate ${certFile}; ssl_certificate_key ${keyFile}; ssl_protocols TLSv1.2 TLSv1.3;
    location / {
      proxy_pass http://app; proxy_http_version 1.1;
      proxy_set_header Connection $connection_upgrade; proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme;
    }
  }
}
`,

  haproxy: (port: number, tlsPort: number): string => `
global
  nbthread 1
  maxconn 9000
  ssl-default-bind-options ssl-min-ver TLSv1.2
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  option forwardfor
  http-reuse safe
frontend plain
  bind 127.0.0.1:${port}
  bind 127.0.0.1:${tlsPort} ssl crt ${directory}/both.pem alpn h2,http/1.1
  default_backend app
backend app
  server one 127.0.0.1:${upstream}
`,

  caddy: (port: number, tlsPort: number): string => `
{
  admin off
  auto_https off
  storage file_system ${directory}/caddy
  log {
    level ERROR
  }
}
http://:${port} {
  bind 127.0.0.1
  reverse_proxy 127.0.0.1:${upstream}
}
https://:${tlsPort} {
  bind 127.0.0.1
  tls ${certFile} ${keyFile}
  reverse_proxy 127.0.0.1:${upstream}
}
`,

  traefik: (port: number, tlsPort: number): string => `
entryPoints:
  plain: { address: "127.0.0.1:${port}" }
  tls: { address: "127.0.0.1:${tlsPort}" }
providers:
  file: { filename: ${directory}/traefik.routes.yml }
`,

  library: (name: string): string => `
import { readFileSync } from 'node:fs'
import { Agent, createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
const [http, https] = process.argv.slice(2).map(Number)
const target = 'http://127.0.0.1:${upstream}'
const tls = { cert: readFileSync('${certFile}'), key: readFileSync('${keyFile}') }
const agent = new Agent({ keepAlive: true, maxSockets: 256 })
process.on('uncaughtException', () => undefined)
${name === '@fastify/http-proxy' ? FASTIFY : proxyLike(name)}
`,
})

const FASTIFY = `
import fastify from 'fastify'
import proxy from '@fastify/http-proxy'
for (const [port, options] of [[http, {}], [https, { https: tls }]]) {
  const server = fastify({ forceCloseConnections: true, ...options })
  server.register(proxy, { upstream: target, websocket: true })
  await server.listen({ port, host: '127.0.0.1' })
}
`

function proxyLike(name: string): string {
  const load =
    name === 'http-proxy'
      ? `import library from 'http-proxy'\nconst createProxyServer = library.createProxyServer`
      : `import { createProxyServer } from '${basename(name)}'`
  return `
${load}
const proxy = createProxyServer({ target, agent, xfwd: true })
proxy.on('error', (error, req, res) => res?.destroy?.())
for (const [port, server] of [[http, createServer()], [https, createSecureServer(tls)]]) {
  server.on('request', (req, res) => proxy.web(req, res))
  server.on('upgrade', (req, socket, head) => proxy.ws(req, socket, head))
  server.listen(port, '127.0.0.1', 4096)
}
`
}
