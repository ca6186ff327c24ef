// @vitest-environment jsdom
import { describeTestTransport } from '../../test/describeTestTransport.ts'

describeTestTransport('jsdom')
