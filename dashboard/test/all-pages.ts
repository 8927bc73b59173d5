import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { filled, routeTable } from '../route-table.ts'

/** What the mock has, by the pages that ask for it: a page that asks for anything else is told of by name. */
const KNOWN: readonly [start: string, values: Readonly<Record<string, string>>][] = [
  ['/sign-in', { token: 'once', provider: 'corp' }],
  ['/invitation', { token: 'secret' }],
  ['/apps/$name/deployments', { name: 'shop', number: '13' }],
  ['/apps/$name/crashes', { name: 'shop', number: '3' }],
  ['/apps', { name: 'shop' }],
  ['/addons', { addon: 'shop-db' }],
  ['/backups/restores', { id: 'restore1' }],
  ['/backups', { id: 'backup00000001' }],
  ['/alerts', { id: 'al1' }],
  ['/uptime', { id: 'u2' }],
]
const SEARCH: Readonly<Record<string, string>> = { '/apps/$name/files/edit': '?path=/index.html' }

/** Every page of the router, by its route (`/apps/$name/env`), with an address that the mock has. */
export function allPages(): { route: string; address: string }[] {
  return routeTable().map((route) => {
    const values = KNOWN.find(([start]) => route.startsWith(start))?.[1] ?? {}
    return { route, address: filled(route, values) + (SEARCH[route] ?? '') }
  })
}

const DAY = Math.floor(Date.now() / 86_400_000)

/** One share of several, another one each day, so that all are met over time. */
export const shareOfToday = <T>(all: readonly T[], shares: number, offset: number): T[] =>
  all.filter((_, at) => (at + DAY) % shares === offset % shares)

/** Another one of two each day, for each of a list. */
export const isTurnOf = (at: number): boolean => (at + DAY) % 2 === 0

interface Tabs<T> {
  browser: Browser
  items: readonly T[]
  count: number
  options?: BrowserContextOptions
  prepare?: (context: BrowserContext) => Promise<unknown>
  visit: (page: Page, item: T) => Promise<void>
}

/**
 * Visits all, a few side by side. Each tab is a world of its own: a browser opens six connections to a
 * host, and every page keeps one or two for its streams.
 */
export async function inTabs<T>({ browser, items, count, ...given }: Tabs<T>): Promise<void> {
  const left = [...items]
  await Promise.all(
    Array.from({ length: Math.min(count, items.length) }, async () => {
      const context = await browser.newContext({ reducedMotion: 'reduce', ...given.options })
      await given.prepare?.(context)
      const page = await context.newPage()
      for (let item = left.shift(); item !== undefined; item = left.shift())
        await given.visit(page, item)
      await context.close()
    }),
  )
}
