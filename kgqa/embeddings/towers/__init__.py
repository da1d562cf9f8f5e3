"""Two towers, one for texts and one for entities, whose vectors lie in one space; trained by ``kgqa.training``."""
