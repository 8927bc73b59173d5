import type { ResponseSide } from './client-sides.ts'

interface Page {
  status: number
  title: string
  text: string
  retryAfterS?: number
}

/** What visitors see when no app answers. No address, no version, no stack (rule P12). */
export const PAGES = {
  badRequest: { status: 400, title: 'Bad request', text: 'That request cannot be understood.' },
  tooLong: { status: 414, title: 'Address too long', text: 'The address is too long.' },
  headTooLarge: {
    status: 431,
    title: 'Header too large',
    text: 'The request brings too many or too long header fields.',
  },
  expectation: { status: 417, title: 'Expectation failed', text: 'That expectation is not known.' },
  misdirected: {
    status: 421,
    title: 'Misdirected request',
    text: 'This connection was opened for another host name.',
  },
  unknownHost: {
    status: 404,
    title: 'No app here',
    text: 'No app lives at this address. Check the spelling, or its domain in the dashboard.',
  },
  forbidden: {
    status: 403,
    title: 'Not for you',
    text: 'This app does not take requests from your network.',
  },
  unauthorized: { status: 401, title: 'Password needed', text: 'This app asks for a password.' },
  tooMany: {
    status: 429,
    title: 'Too many requests',
    text: 'That was too much at once. Try again in a moment.',
  },
  crowded: {
    status: 503,
    title: 'Busy',
    text: 'This app answers as many requests as it may at a time. Try again in a moment.',
    retryAfterS: 1,
  },
  maintenance: {
    status: 503,
    title: 'Back soon',
    text: 'This app is being worked on. Please come back later.',
  },
  tooLarge: {
    status: 413,
    title: 'Too large',
    text: 'The request is larger than this app accepts.',
  },
  tooSlow: { status: 408, title: 'Too slow', text: 'The request took too long to arrive.' },
  starting: {
    status: 503,
    title: 'Starting',
    text: 'This app is starting. Try again in a few seconds.',
    retryAfterS: 5,
  },
  stopped: {
    status: 503,
    title: 'Stopped',
    text: 'This app is stopped at the moment.',
    retryAfterS: 60,
  },
  asleep: {
    status: 503,
    title: 'Asleep',
    text: 'This app is asleep and could not be woken yet. Try again in a few seconds.',
    retryAfterS: 5,
  },
  nothingHere: {
    status: 404,
    title: 'Not found',
    text: 'There is nothing at this address.',
  },
  down: {
    status: 503,
    title: 'Not available',
    text: 'This app is not running at the moment. Try again soon.',
    retryAfterS: 10,
  },
  busy: {
    status: 503,
    title: 'Please wait',
    text: 'This app is being updated. Try again in a few seconds.',
    retryAfterS: 5,
  },
  unreachable: {
    status: 502,
    title: 'No answer',
    text: 'This app does not answer properly. Try again soon.',
    retryAfterS: 5,
  },
  timedOut: {
    status: 504,
    title: 'Took too long',
    text: 'This app took too long to answer.',
  },
} as const satisfies Record<string, Page>
export type PageName = keyof typeof PAGES

const SECURITY = [
  'Cache-Control',
  'no-store',
  'X-Content-Type-Options',
  'nosniff',
  'Content-Security-Policy',
  "default-src 'none'; style-src 'unsafe-inline'",
]

/** Answers with a page of ours: HTML for browsers, JSON for programs that ask for it, else text. */
export function sendPage(
  res: ResponseSide,
  name: PageName,
  accept: string,
  more: readonly string[] = [],
): void {
  const page: Page = PAGES[name]
  const { type, body } = render(page, accept)
  const bytes = Buffer.from(body)
  const headers = [
    'Content-Type',
    type,
    'Content-Length',
    String(bytes.length),
    ...SECURITY,
    ...more,
  ]
  if (page.retryAfterS !== undefined) headers.push('Retry-After', String(page.retryAfterS))
  res.writeHead(page.status, headers)
  res.end(bytes)
}

function render(page: Page, accept: string): { type: string; body: string } {
  if (accept.includes('text/html')) return { type: 'text/html; charset=utf-8', body: html(page) }
  if (/[/+]json\b/.test(accept)) {
    const { title, text } = page
    return { type: 'application/json', body: JSON.stringify({ error: { title, message: text } }) }
  }
  return { type: 'text/plain; charset=utf-8', body: `${page.title}. ${page.text}\n` }
}

const html = ({ status, title, text }: Page): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
:root { color-scheme: light dark }
body { font: 17px/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center }
main { max-width: 30rem; padding: 2rem }
h1 { font-size: 1.6rem; margin: 0 0 .5rem }
p { margin: 0; opacity: .8 }
small { display: block; margin-top: 1.5rem; opacity: .5 }
</style>
</head>
<body><main><h1>${title}</h1><p>${text}</p><small>${status}</small></main></body>
</html>
`
