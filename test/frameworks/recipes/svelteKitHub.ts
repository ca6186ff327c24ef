// src/routes/_sse/+server.ts
import type { RequestHandler } from '@sveltejs/kit'
import { hub } from './hub.ts'

export const fallback: RequestHandler = ({ request }) => hub.fetch(request)
