import { networkOf } from '#lib/network-of.ts'

interface Bucket {
  tokens: number
  at: number
}

/** Clients of all apps that are counted at a time; the ones that were quiet longest are forgotten. */
const MAX_CLIENTS = 20_000

/** Requests per second of each client, and requests under way of each app; all of this worker. */
export function createClientLimits(now: () => number = () => performance.now()) {
  const buckets = new Map<string, Bucket>()
  const underWay = new Map<string, number>()

  return {
    /** 0 where the request may go on; else the seconds after which one may. */
    take(app: string, address: string, rate: { perSecond: number; burst: number }): number {
      const key = `${app} ${networkOf(address)}`
      const at = now()
      const known = buckets.get(key)
      const bucket = known ?? { tokens: rate.burst, at }
      bucket.tokens = Math.min(
        rate.burst,
        bucket.tokens + ((at - bucket.at) / 1_000) * rate.perSecond,
      )
      bucket.at = at
      if (known) buckets.delete(key)
      buckets.set(key, bucket)
      if (buckets.size > MAX_CLIENTS) {
        const oldest = buckets.keys().next().value
        if (oldest !== undefined) buckets.delete(oldest)
      }
      if (bucket.tokens >= 1) {
        bucket.tokens -= 1
        return 0
      }
      return Math.max(1, Math.ceil((1 - bucket.tokens) / rate.perSecond))
    },

    /** Undefined where the app has as many under way as it may; else what is called at the end. */
    enter(app: string, most: number): (() => void) | undefined {
      const count = underWay.get(app) ?? 0
      if (count >= most) return undefined
      underWay.set(app, count + 1)
      let left = false
      return () => {
        if (left) return
        left = true
        const now = (underWay.get(app) ?? 1) - 1
        if (now > 0) underWay.set(app, now)
        else underWay.delete(app)
      }
    },

    underWay: (app: string): number => underWay.get(app) ?? 0,
    get clients(): number {
      return buckets.size
    },
  }
}
export type ClientLimits = ReturnType<typeof createClientLimits>
