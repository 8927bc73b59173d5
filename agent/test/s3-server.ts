import { execFileSync, spawn } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'

const Listening = z.object({ httpPort: z.int(), httpsPort: z.int() })

/** A server of S3 in a process of its own (s3-program.ts), plain and over TLS of a private authority. */
export async function startS3Server(folder: string, host: string) {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const words = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2'.split(
    ' ',
  )
  execFileSync(
    '/usr/bin/openssl',
    [
      ...words,
      '-subj',
      '/CN=s3',
      '-keyout',
      key,
      '-out',
      cert,
      '-addext',
      `subjectAltName=DNS:${host}`,
    ],
    { stdio: 'ignore' },
  )
  const accessKeyId = 'AKIDOFTHETEST'
  const secretAccessKey = 'secret/of+the=test'
  const child = spawn(process.execPath, [join(import.meta.dirname, 's3-program.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { S3_ACCESS_KEY: accessKeyId, S3_SECRET_KEY: secretAccessKey },
  })
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  createInterface({ input: child.stdout }).once('line', resolve)
  child.once('exit', () => reject(new Error('the server of S3 ended')))
  const ports = Listening.parse(JSON.parse(await promise))
  return {
    ...ports,
    accessKeyId,
    secretAccessKey,
    caPem: await readFile(cert, 'utf8'),
    async stop(): Promise<void> {
      const ended = Promise.withResolvers<void>()
      child.once('exit', () => ended.resolve())
      child.kill('SIGKILL')
      await ended.promise
    },
  }
}
export type S3Server = Awaited<ReturnType<typeof startS3Server>>
