import type { BackupSubject } from '@vastrox/shared/backup.ts'
import { t } from '#lib/words.ts'

type Named = Pick<BackupSubject, 'type' | 'name'>

/** As commands and the API name it: `addon:shop-db`, `volume:shop/uploads`, `platform`. */
export const refOf = ({ type, name }: Named): string =>
  type === 'platform' ? 'platform' : `${type}:${name}`

const TYPE: Record<BackupSubject['type'], string> = {
  addon: 'add-on',
  app: 'app',
  volume: 'volume',
  platform: t('this installation'),
}

/** What it is, in a word. */
export const sayType = (type: BackupSubject['type']): string => TYPE[type]

/** For a heading: `shop-db`, `shop/uploads`, and the platform by what it is. */
export const sayName = ({ type, name }: Named): string =>
  type === 'platform' ? t('Vastrox itself') : name

/** The same subject, whatever it was called then: its id stays when names change. */
export const isSame = (a: BackupSubject, b: BackupSubject): boolean =>
  a.type === b.type && (a.id === '' || b.id === '' ? a.name === b.name : a.id === b.id)

export const keyOf = ({ type, id, name }: BackupSubject): string => `${type} ${id || name}`

const CONTENT: Record<BackupSubject['type'], string> = {
  addon: t('Everything that is in the database, as its own tool writes it.'),
  app: t(
    'Its code, its releases’ settings and its env. Volumes and databases are backups of their own.',
  ),
  volume: t('Every file, with its owner, its times and its links.'),
  platform: t(
    'Users, apps, env, certificates, keys, repositories and uploads of this installation.',
  ),
}

/** What is in a backup of it. */
export const sayContent = (type: BackupSubject['type']): string => CONTENT[type]
