import { cx } from '#lib/cx.ts'

const LETTERS: Record<string, string> = {
  postgresql: 'Pg',
  mariadb: 'Ma',
  mysql: 'My',
  redis: 'Re',
  valkey: 'Va',
  memcached: 'Mc',
  mongodb: 'Mo',
  rabbitmq: 'Rq',
  cassandra: 'Ca',
  sqlserver: 'Ms',
}

/** Two letters to find a kind by. */
export const KindSign = ({ kind, isLarge = false }: { kind: string; isLarge?: boolean }) => (
  <span
    aria-hidden
    className={cx(
      'flex shrink-0 items-center justify-center rounded-md border border-line bg-sunken font-mono text-sm font-semibold text-accent',
      isLarge ? 'size-10' : 'size-9',
    )}
  >
    {LETTERS[kind] ?? kind.slice(0, 2)}
  </span>
)
