import { z } from 'zod'
import { defineDestination } from '#ports/backup-destination.ts'

/** A bucket of any storage that speaks S3. */
export const s3 = defineDestination({
  kind: 's3',
  title: 'S3-compatible storage',
  settings: z.object({
    endpoint: z
      .url({ protocol: /^https?$/ })
      .max(300)
      .refine(isBare, 'Give scheme, host and port alone: https://s3.example.com')
      .describe('https://s3.example.com'),
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'That is not the name of a bucket.'),
    prefix: z
      .string()
      .max(100)
      .regex(
        /^(?:[A-Za-z0-9][A-Za-z0-9._/-]*)?$/,
        'Use letters, digits, dots, hyphens and slashes.',
      )
      .default('')
      .describe('A folder in the bucket'),
    region: z
      .string()
      .max(60)
      .regex(/^[a-z0-9-]*$/, 'A region has lower-case letters, digits and hyphens.')
      .default(''),
    accessKeyId: z.string().min(1).max(200),
    secretAccessKey: z.string().min(1).max(500),
    caPem: z
      .string()
      .max(100_000)
      .default('')
      .describe(
        'Certificates of an authority of your own, in PEM; empty for those known everywhere',
      ),
  }),
  secrets: ['secretAccessKey'],
  sentTo: ['endpoint'],
  location({ endpoint, prefix, caPem, ...settings }, folder) {
    return {
      type: 's3',
      ...settings,
      endpoint: endpoint.replace(/\/+$/, ''),
      prefix: [prefix.replace(/\/+$/, ''), folder].filter((part) => part !== '').join('/'),
      caPem: caPem === '' ? null : caPem,
    }
  },
})

function isBare(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && url.pathname === '/' && url.search === '' && url.username === ''
}
