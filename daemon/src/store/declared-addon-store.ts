import type { Database } from '#store/database.ts'

/** What a source has asked for and was given. */
export interface DeclaredAddonRecord {
  appId: string
  /** Kind and prefix. */
  wish: string
  addonId: string
  createdAt: string
}

interface Row {
  app_id: string
  wish: string
  addon_id: string
  created_at: string
}

export function createDeclaredAddonStore(db: Database) {
  const insert = db.prepare<Row>(
    `INSERT INTO declared_addons (app_id, wish, addon_id, created_at)
     VALUES (@app_id, @wish, @addon_id, @created_at)`,
  )
  const find = db.prepare<[appId: string, wish: string], Row>(
    'SELECT * FROM declared_addons WHERE app_id = ? AND wish = ?',
  )
  const ofApp = db.prepare<[appId: string], Row>(
    'SELECT * FROM declared_addons WHERE app_id = ? ORDER BY created_at LIMIT 100',
  )

  return {
    insertForPlatform: ({ appId, wish, addonId, createdAt }: DeclaredAddonRecord): void => {
      insert.run({ app_id: appId, wish, addon_id: addonId, created_at: createdAt })
    },
    findForPlatform: (appId: string, wish: string): DeclaredAddonRecord | undefined => {
      const row = find.get(appId, wish)
      return row && toDeclared(row)
    },
    listForPlatform: (appId: string): DeclaredAddonRecord[] => ofApp.all(appId).map(toDeclared),
  }
}
export type DeclaredAddonStore = ReturnType<typeof createDeclaredAddonStore>

const toDeclared = (row: Row): DeclaredAddonRecord => ({
  appId: row.app_id,
  wish: row.wish,
  addonId: row.addon_id,
  createdAt: row.created_at,
})
