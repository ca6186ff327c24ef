import { backpressureCases } from './backpressureCases.ts'
import type { Case } from './case.ts'
import { endCases } from './endCases.ts'
import { eventCases } from './eventCases.ts'
import { headCases } from './headCases.ts'
import { leavingCases } from './leavingCases.ts'
import { requestCases } from './requestCases.ts'

export const allCases: readonly Case[] = [
  ...headCases,
  ...eventCases,
  ...endCases,
  ...leavingCases,
  ...backpressureCases,
  ...requestCases,
]
