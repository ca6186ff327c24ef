// app/%5Fsse/route.ts
import { hub } from './hub.ts'

export const dynamic = 'force-dynamic'

export const GET = hub.fetch
export const POST = hub.fetch
export const OPTIONS = hub.fetch
