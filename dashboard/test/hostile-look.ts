import { MARK } from './hostile-strings.ts'

const IS_LONG = process.env['VASTROX_LONG'] === '1'

/** Pages that show what the API sends: those that show most of it, and all in the long run. */
export const PAGES = [
  '/apps',
  '/apps/shop',
  '/apps/shop/deployments/13',
  '/apps/shop/releases',
  '/apps/shop/source',
  '/apps/shop/files',
  '/apps/shop/domains',
  '/apps/shop/logs',
  '/audit',
  '/account',
  ...(IS_LONG
    ? [
        '/apps/shop/push',
        '/apps/shop/deployments',
        '/apps/shop/deployments/14',
        '/apps/shop/env',
        '/apps/shop/processes',
        '/apps/shop/jobs',
        '/apps/shop/volumes',
        '/apps/shop/routing',
        '/apps/shop/settings',
        '/firewall',
        '/tokens',
        '/node',
      ]
    : []),
]
/** Where streams print: hostile lines must have come before the page is looked at. */
export const STREAMS = ['/apps/shop/deployments/13', '/apps/shop/deployments/14', '/apps/shop/logs']

/** All that a page may have become by a text; run in the page. */
export const LOOK = `(() => {
  const links = [...document.querySelectorAll('a[href], area[href], form[action], [formaction]')]
  const schemes = links.map((link) => new URL(link.href ?? link.action ?? link.formAction, location.href).protocol)
  const all = [...document.querySelectorAll('*')]
  return JSON.stringify({
    ran: window.${MARK} !== undefined,
    title: document.title,
    schemes: [...new Set(schemes)].filter((scheme) => scheme !== 'http:' && scheme !== 'https:'),
    scripts: [...document.scripts].filter((script) => !script.src.startsWith(location.origin + '/')).length,
    parts: document.querySelectorAll('iframe, object, embed, base, meta[http-equiv], math, svg script, animate').length,
    handlers: all.flatMap((one) => one.getAttributeNames()).filter((name) => name.startsWith('on')),
    controls: /[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]/.test(
      [...document.querySelectorAll('[role=log]')].map((log) => log.textContent).join('')),
    mixed: all.filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 &&
        /[\\u202a-\\u202e\\u2066-\\u2069\\u200f\\u061c]/.test(node.data)) &&
        getComputedStyle(one).unicodeBidi === 'normal' && getComputedStyle(one).display.startsWith('inline'))
      .map((one) => one.outerHTML.slice(0, 120)),
  })
})()`
