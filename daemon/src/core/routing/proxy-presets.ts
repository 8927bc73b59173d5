import type { TrustedProxyPreset } from '@vastrox/shared/trusted-proxies.ts'

interface Preset {
  networks: readonly string[]
  /** When the service published them last; undefined for what never changes. */
  asOf: string | undefined
}

/**
 * Networks that a name stands for. Cloudflare's are those of its page of IP ranges, which has not
 * changed since that day; a change of theirs comes with a new version of Vastrox.
 */
export const PROXY_PRESETS: Record<TrustedProxyPreset, Preset> = {
  cloudflare: {
    asOf: '2023-09-28',
    networks: [
      '173.245.48.0/20',
      '103.21.244.0/22',
      '103.22.200.0/22',
      '103.31.4.0/22',
      '141.101.64.0/18',
      '108.162.192.0/18',
      '190.93.240.0/20',
      '188.114.96.0/20',
      '197.234.240.0/22',
      '198.41.128.0/17',
      '162.158.0.0/15',
      '104.16.0.0/13',
      '104.24.0.0/14',
      '172.64.0.0/13',
      '131.0.72.0/22',
      '2400:cb00::/32',
      '2606:4700::/32',
      '2803:f800::/32',
      '2405:b500::/32',
      '2405:8100::/32',
      '2a06:98c0::/29',
      '2c0f:f248::/32',
    ],
  },
  loopback: { asOf: undefined, networks: ['127.0.0.0/8', '::1/128'] },
}
