/** Where syslog is spoken: `secure` is TLS (RFC 5425), the other is plain TCP. */
export interface SyslogTarget {
  host: string
  port: number
  secure: boolean
}

const SYSLOG_TLS_PORT = 6_514
const SYSLOG_PORT = 514
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])$/

/** `logs.example.com:6514`, `tls://…`, `tcp://…`; nothing where it is something else. */
export function syslogTargetOf(text: string): SyslogTarget | undefined {
  const [, scheme = 'tls', host = '', port] =
    /^(?:(tls|tcp):\/\/)?(\[[^\]]*\]|[^:/\s]+)(?::(\d{1,5}))?$/.exec(text) ?? []
  if (!HOST.test(host)) return undefined
  const secure = scheme === 'tls'
  const number = port === undefined ? (secure ? SYSLOG_TLS_PORT : SYSLOG_PORT) : Number(port)
  if (number < 1 || number > 65_535) return undefined
  return { host: host.replace(/^\[|\]$/g, ''), port: number, secure }
}

/** An https address without a name and password in it. */
export function isHttpTarget(text: string): boolean {
  const url = URL.parse(text)
  return url?.protocol === 'https:' && url.username === '' && url.password === '' && url.hash === ''
}

/** What in a path is long and no word is a key, as some services want it there. */
const KEY = /^(?=.*\d).{16,}$|^.{32,}$/

/** An https address as people may see it: without the keys that may be in its path, and without its query. */
export function shownTarget(text: string): string {
  const url = URL.parse(text)
  if (!url) return text
  const path = url.pathname
    .split('/')
    .map((part) => (KEY.test(part) ? '…' : part))
    .join('/')
  return `${url.origin}${path}${url.search === '' ? '' : '?…'}`
}
