"""The decorator of archgen's immutable data classes: that of the standard library, with methods that take less time to make.

The standard library compiles six methods for each class from text. archgen has 130 such classes before it has read a model, and
compiling their methods takes twice as long as parsing a model. Here, only `__init__` is compiled. Tests compare every other method.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses
    from operator import attrgetter
    from reprlib import recursive_repr

    def dataclass(cls=None, /, *, frozen=False, slots=False, **others):
        """The class as `dataclasses.dataclass` makes it. Only immutable classes without other options are made here."""

        def make(cls):
            if not frozen or others:
                return dataclasses.dataclass(frozen=frozen, slots=slots, **others)(cls)
            return _make_frozen(cls, slots)

        return make if cls is None else make(cls)

    def _make_frozen(cls, slots):
        stated = vars(cls)
        hashes = stated.get("__hash__") is not None or ("__hash__" in stated and "__eq__" not in stated)
        own = {name for name in ("__init__", "__repr__", "__eq__") if name in stated}
        own |= {"__hash__"} if hashes else set()
        made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
        fields = dataclasses.fields(made)
        compared = [field.name for field in fields if field.compare]
        hashed = [field.name for field in fields if (field.compare if field.hash is None else field.hash)]
        methods = {
            "__repr__": _repr_of([field.name for field in fields if field.repr]),
            "__eq__": _eq_of(_getter(compared)),
            "__hash__": _hash_of(_getter(hashed)),
            **_refusals(made, frozenset(field.name for field in fields)),
        }
        if "__init__" not in own:
            methods["__init__"] = _init_of(made, fields)
        if slots:
            methods |= _states([field.name for field in fields])
        for name, method in methods.items():
            if name not in own:
                method.__name__, method.__qualname__ = name, f"{made.__qualname__}.{name}"
                setattr(made, name, method)
        return made

    def _getter(names):
        """A function that returns the values of these attributes as a tuple."""
        if len(names) > 1:
            return attrgetter(*names)
        return (lambda record: (getattr(record, names[0]),)) if names else (lambda _record: ())

    def _init_of(cls, fields):
        given = [field for field in fields if field.init]
        names = {"_set": object.__setattr__, "_FACTORY": _FACTORY}
        parameters, lines = [], []
        for field in given:
            default = ""
            if field.default is not dataclasses.MISSING:
                names[f"_default_{field.name}"] = field.default
                default = f"=_default_{field.name}"
            elif field.default_factory is not dataclasses.MISSING:
                default = "=_FACTORY"
            parameters.append(f"{field.name}{default}")
        for field in fields:
            value = field.name
            if field.default_factory is not dataclasses.MISSING:
                names[f"_factory_{field.name}"] = field.default_factory
                made = f"_factory_{field.name}()"
                value = f"{made} if {value} is _FACTORY else {value}" if field.init else made
            elif not field.init:
                continue  # its default is that of the class
            lines.append(f" _set(self,{field.name!r},{value})")
        if hasattr(cls, "__post_init__"):
            lines.append(" self.__post_init__()")
        text = f"def __init__(self,{','.join(parameters)}):\n" + "\n".join(lines or [" pass"])
        local = {}
        exec(text, names, local)  # names of attributes of archgen's own classes
        init = local["__init__"]
        init.__annotations__ = {**{field.name: field.type for field in given}, "return": None}
        return init

    def _repr_of(names):
        @recursive_repr()
        def shown(self):
            values = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
            return f"{self.__class__.__qualname__}({values})"

        return shown

    def _eq_of(values):
        def is_equal(self, other):
            return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

        return is_equal

    def _hash_of(values):
        def hashed(self):
            return hash(values(self))

        return hashed

    def _refusals(cls, names):
        """Methods that refuse to change or delete a field, and everything else of an instance of this class."""

        def refuse_value(self, name, value):
            if type(self) is cls or name in names:
                raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
            super(cls, self).__setattr__(name, value)

        def refuse_removal(self, name):
            if type(self) is cls or name in names:
                raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
            super(cls, self).__delattr__(name)

        return {"__setattr__": refuse_value, "__delattr__": refuse_removal}

    def _states(names):
        """Methods that copy and pickle instances with slots, whose attributes cannot be set."""

        def state(self):
            return [getattr(self, name) for name in names]

        def restore(self, values):
            for name, value in zip(names, values, strict=True):
                object.__setattr__(self, name, value)

        return {"__getstate__": state, "__setstate__": restore}

    class _Factory:
        """What the signature shows for a value that a function makes."""

        def __repr__(self):
            return "<factory>"

    _FACTORY = _Factory()
