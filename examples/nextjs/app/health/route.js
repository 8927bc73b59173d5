export const dynamic = 'force-dynamic'

export const GET = () => Response.json({ status: 'ok', release: process.env.VASTROX_RELEASE ?? null })
