package io.chronoscope.testing;

import io.chronoscope.search.ResultIndexContract;
import io.chronoscope.search.UpdatableIndex;

class InMemoryIndexTest extends ResultIndexContract {

  @Override
  protected UpdatableIndex open() {
    return new InMemoryIndex();
  }
}
