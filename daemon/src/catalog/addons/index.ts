import { cassandra } from '#catalog/addons/cassandra.ts'
import { mariadb } from '#catalog/addons/mariadb.ts'
import { memcached } from '#catalog/addons/memcached.ts'
import { mongodb } from '#catalog/addons/mongodb.ts'
import { postgresql } from '#catalog/addons/postgresql.ts'
import { rabbitmq } from '#catalog/addons/rabbitmq.ts'
import { redis, valkey } from '#catalog/addons/redis.ts'
import { sqlserver } from '#catalog/addons/sqlserver.ts'
import type { AddonKind } from '#ports/addon-kind.ts'

/** To add a database: write its file beside these, then name it here. */
export const addons: readonly AddonKind[] = [
  postgresql,
  mariadb,
  redis,
  valkey,
  memcached,
  mongodb,
  sqlserver,
  cassandra,
  rabbitmq,
]
